"""The shapes of submissions, as the office reads them, for the OpenAPI document; answers are plain mappings."""

from typing import Any

from rest_framework import serializers as s

from audits.api.office_audits import PersonName
from audits.api.office_parts import Coded
from audits.api.office_timing import TimingShape
from audits.models import Amendment, Audit, Evidence, Review, Submission
from chains.api.places import LocationName

ANSWER_STATES = ["passed", "failed", "not_applicable", "not_assessed"]


class SubmissionRowShape(s.Serializer[Any]):
    """A report in the list: `score` and `coverage` are percentages, empty until it is scored."""

    id = s.UUIDField()
    state = s.ChoiceField(choices=Submission.State.choices)
    outcome = s.ChoiceField(choices=Submission.Outcome.choices)
    received_at = s.DateTimeField()
    visited_on = s.DateField()
    flags = s.ListField(child=s.CharField())
    auditor = PersonName(allow_null=True)
    audit = s.UUIDField(allow_null=True, help_text="Empty where the assignment it names is not the sender's.")
    audit_state = s.ChoiceField(choices=Audit.State.choices, allow_null=True)
    programme = Coded(allow_null=True)
    component = Coded(allow_null=True)
    location = LocationName(allow_null=True)
    score = s.FloatField(allow_null=True)
    coverage = s.FloatField(allow_null=True)


class AmendmentShape(s.Serializer[Any]):
    """One correction; the last one of an answer key counts."""

    answer_key = s.CharField()
    before = s.CharField(allow_blank=True)
    after = s.CharField(allow_blank=True)
    reason = s.CharField()
    source = s.ChoiceField(choices=Amendment.Source.choices)  # type: ignore[assignment]
    made_by = PersonName(allow_null=True)
    made_at = s.DateTimeField()


class AnswerShape(s.Serializer[Any]):
    """One answer in words. `sent` is what the phone sent, `answer` what stands after corrections (null: no answer)."""

    key = s.CharField()
    code = s.CharField()
    outlet = s.CharField(allow_blank=True)
    wording = s.CharField()
    guidance = s.CharField(allow_blank=True)
    classification = s.CharField(allow_blank=True)
    severity = s.CharField()
    kind = s.CharField()
    answer = s.JSONField(allow_null=True, help_text="Text or integer, as a phone sends it.")
    words = s.CharField()
    sent = s.JSONField(allow_null=True)
    state = s.ChoiceField(choices=ANSWER_STATES)
    earned = s.CharField(allow_null=True)
    possible = s.CharField()
    comment = s.CharField(allow_blank=True)
    evidence = s.ListField(child=s.UUIDField())


class ReportSectionShape(s.Serializer[Any]):
    """A section with its answers in the order of the checklist."""

    code = s.CharField()
    name = s.CharField()
    parent = s.CharField(allow_null=True)  # type: ignore[assignment]
    score = s.FloatField(allow_null=True)
    answers = AnswerShape(many=True)


class EvidenceShape(s.Serializer[Any]):
    """A file that was announced: `awaited` until it is held or the phone declares it lost."""

    id = s.UUIDField()
    type = s.ChoiceField(choices=Evidence.Type.choices)
    state = s.ChoiceField(choices=["awaited", "held", "lost"])
    answers = s.ListField(child=s.CharField())
    length = s.IntegerField()
    sha256 = s.CharField()
    flags = s.ListField(child=s.CharField())
    reason = s.CharField(allow_blank=True)
    received_at = s.DateTimeField(allow_null=True)


class QueryShape(s.Serializer[Any]):
    """A question to the auditor and the reply that came with the corrected report."""

    id = s.UUIDField()
    answer_key = s.CharField(allow_blank=True)
    text = s.CharField()
    due_on = s.DateField(allow_null=True)
    reply = s.CharField(allow_blank=True)
    reply_evidence = s.ListField(child=s.UUIDField(), help_text="Files of the corrected report.")


class ReviewShape(s.Serializer[Any]):
    """One judgement; without a reviewer it was automatic."""

    decision = s.ChoiceField(choices=Review.Decision.choices)
    reviewer = PersonName(allow_null=True)
    note = s.CharField(allow_blank=True)
    decided_at = s.DateTimeField()


class DigestsShape(s.Serializer[Any]):
    """The facts of a score: the same facts always give the same figures."""

    observation = s.CharField()
    scope = s.CharField()
    amendments = s.CharField()
    checklist = s.CharField()
    engine = s.IntegerField()


class ScoreShape(s.Serializer[Any]):
    """One score: points as exact text, percentages with one decimal."""

    id = s.IntegerField()
    submission = s.UUIDField()
    audit = s.UUIDField()
    visit_id = s.UUIDField(allow_null=True)
    current = s.BooleanField()
    scored_at = s.DateTimeField()
    score = s.FloatField(allow_null=True)
    earned = s.CharField()
    possible = s.CharField()
    findings = s.CharField()
    assessed = s.IntegerField()
    assessable = s.IntegerField()
    failed = s.IntegerField()
    critical_failed = s.IntegerField()
    parts = s.DictField(child=s.FloatField(allow_null=True))
    digests = DigestsShape()


class SubmissionShape(SubmissionRowShape):
    """A report in words, by section, with all that was noted, asked and corrected.

    `raw` says whether the bytes as sent are still there: comments live in them alone.
    """

    reason = s.CharField(allow_blank=True)
    digest = s.CharField()
    replaces = s.UUIDField(allow_null=True)
    replaced_by = s.ListField(child=s.UUIDField())
    rivals = s.ListField(child=s.UUIDField(), help_text="Other standing reports of the same visit.")
    raw = s.ChoiceField(choices=["held", "erased", "damaged"])
    classifications = s.ListField(child=s.DictField())
    sections = ReportSectionShape(many=True)
    timing = TimingShape(help_text="When and how it was entered, and where the phone was: evidence, never a verdict.")
    evidence = EvidenceShape(many=True)
    queries = QueryShape(many=True)
    amendments = AmendmentShape(many=True)
    reviews = ReviewShape(many=True)
    scores = ScoreShape(many=True)
