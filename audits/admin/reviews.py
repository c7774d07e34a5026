"""Judgements, queries, amendments, shared comments and scores: records of what was done, never edited."""

from django.contrib import admin

from audits.admin.months import by_month
from audits.admin.roles import REVIEWERS
from audits.admin.submissions import OfSubmission
from audits.models import Amendment, Query, Review, Score, SharedComment
from chains.admin.scoped import ScopedAdmin


@admin.register(Review)
class ReviewAdmin(OfSubmission):
    """Who judged what, and how."""

    list_display = ["submission", "decision", "reviewer", "decided_at"]
    list_filter = ["decision", by_month("decided_at", "month of the decision")]
    list_select_related = ["submission", "reviewer"]


@admin.register(Query)
class QueryAdmin(OfSubmission):
    """Questions put to auditors."""

    list_display = ["text", "answer_key", "submission", "due_on"]
    list_filter = [by_month("due_on", "month it is due")]


@admin.register(Amendment)
class AmendmentAdmin(OfSubmission):
    """Corrections of answers."""

    list_display = ["submission", "answer_key", "before", "after", "source", "made_by", "made_at"]
    list_filter = ["source", by_month("made_at", "month of the correction")]
    list_select_related = ["submission", "made_by"]


class OfAudit(ScopedAdmin):
    """Rows that hang on a visit."""

    reads = REVIEWERS
    chain = "audit__programme__chain"
    by_hand = False
    list_select_related = ["audit__location"]
    search_fields = ["audit__location__name", "audit__location__code"]


@admin.register(SharedComment)
class SharedCommentAdmin(OfAudit):
    """Comments as the branch reads them."""

    list_display = ["audit", "answer_key", "text"]
    list_filter = ["audit__programme", "audit__location"]


@admin.register(Score)
class ScoreAdmin(OfAudit):
    """What a visit came to."""

    list_display = ["audit", "earned", "possible", "assessed", "assessable", "critical_failed", "current", "scored_at"]
    list_filter = ["current", "audit__programme", "audit__location"]
