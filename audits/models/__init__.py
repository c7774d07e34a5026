"""What was seen and what it is worth: programmes, visits, submissions, reviews, ratings, and what is still to do."""

from audits.models.advice import Advice
from audits.models.drafts import Draft
from audits.models.evidence import Erasure, Evidence, Upload
from audits.models.groups import GroupRating, GroupTally
from audits.models.programmes import Component, Period, Programme, Series
from audits.models.queue import Dirty, Outbox
from audits.models.ratings import CutPoints, Override, Rating, Standing, Tally
from audits.models.rehearsals import Rehearsal
from audits.models.reviews import Amendment, Query, Review, Score, SharedComment
from audits.models.submissions import Observation, Quarantine, RawSubmission, Submission
from audits.models.visits import Assignment, Audit, ScopeDocument

__all__ = [
    "Advice",
    "Amendment",
    "Assignment",
    "Audit",
    "Component",
    "CutPoints",
    "Dirty",
    "Erasure",
    "Draft",
    "Evidence",
    "GroupRating",
    "GroupTally",
    "Observation",
    "Outbox",
    "Override",
    "Period",
    "Programme",
    "Quarantine",
    "Query",
    "Rating",
    "RawSubmission",
    "Rehearsal",
    "Review",
    "ScopeDocument",
    "Score",
    "Series",
    "SharedComment",
    "Standing",
    "Submission",
    "Tally",
    "Upload",
]
