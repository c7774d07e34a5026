"""Released visits as managers may know them (rule 10): under a random id, and as near in time as the programme reveals.

Nothing here names or orders by auditor, device, submission or exact time; filters are whole periods, since a filter by
days would tell the day.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import DateField
from django.db.models.functions import TruncMonth
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.office_parts import Coded
from audits.api.words import class_rows, parts_of, section_rows, told_answers, whole_of
from audits.models import Audit, Evidence, Observation, Programme, Score, SharedComment, Submission
from audits.models.amended import Observed, amended
from audits.results.shown import shown_evidence
from audits.scoring.periods import period_named
from chains.access import READERS_OF_RESULTS
from chains.api.asking import asker
from chains.api.places import LocationName
from chains.api.strict import StrictSerializer, read_query
from chains.models import User
from chains.problems import INVALID, NOT_FOUND, Fault, Problem

REVEAL = Programme.Reveal


class SectionScoreShape(s.Serializer[Any]):
    """A section's percentage, one decimal; null where nothing of it applied."""

    code = s.CharField()
    name = s.CharField()
    parent = s.CharField(allow_null=True)  # type: ignore[assignment]
    score = s.FloatField(allow_null=True)


class ClassScoreShape(s.Serializer[Any]):
    """A classification's percentage, one decimal; null where nothing of it applied."""

    code = s.CharField()
    name = s.CharField()
    score = s.FloatField(allow_null=True)


class ReleasedVisitShape(s.Serializer[Any]):
    """A released visit. `date` and `daypart` are null where the programme does not reveal them."""

    visit_id = s.UUIDField()
    location = LocationName()
    programme = Coded()
    component = Coded()
    kind = s.ChoiceField(choices=Audit.Kind.choices)
    month = s.CharField(help_text="2026-06")
    date = s.DateField(allow_null=True)
    daypart = s.ChoiceField(choices=Audit.Daypart.choices, allow_null=True)
    released = s.CharField(help_text="The month of the release: 2026-06")
    score = s.FloatField(allow_null=True)
    sections = SectionScoreShape(many=True)


class FailedShape(s.Serializer[Any]):
    """A standard that was not met, in words."""

    key = s.CharField()
    code = s.CharField()
    section = s.CharField()
    outlet = s.CharField(allow_blank=True)
    classification = s.CharField(allow_blank=True)
    severity = s.CharField()
    wording = s.CharField()
    answer = s.CharField()
    earned = s.CharField()
    possible = s.CharField()


class SharedCommentShape(s.Serializer[Any]):
    """A reviewed comment."""

    key = s.CharField()
    text = s.CharField()


class ShownShape(s.Serializer[Any]):
    """A clean copy of a photo or of what was released besides: fetch it at `visits/{visit_id}/evidence/{id}`."""

    id = s.UUIDField()
    type = s.ChoiceField(choices=Evidence.Type.choices)
    answers = s.ListField(child=s.CharField())


class ReleasedVisitDetailShape(ReleasedVisitShape):
    """A released visit with what was not met, in the order of the checklist, and the reviewed comments."""

    classifications = ClassScoreShape(many=True)
    assessed = s.IntegerField()
    assessable = s.IntegerField()
    failed = FailedShape(many=True)
    comments = SharedCommentShape(many=True)
    evidence = ShownShape(many=True)


class VisitQuery(StrictSerializer):
    """Filters of the list of visits."""

    location = s.UUIDField(required=False)
    programme = s.UUIDField(required=False)
    component = s.UUIDField(required=False)
    kind = s.ChoiceField(choices=Audit.Kind.choices, required=False)
    period = s.CharField(required=False, max_length=7, help_text="Visits made in it: 2026, 2026-Q2 or 2026-06.")


class Visits(generics.ListAPIView[Audit]):
    """The released visits of the branches you may see: the month of release, newest first, then in no order."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = ReleasedVisitShape
    ordering = ("-released_month", "visit_id")

    @extend_schema(operation_id="visits", parameters=[VisitQuery], tags=["results"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List released visits with their scores, whole and by section."""
        page: list[Audit] = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or [])
        scores = _scores(page)
        return self.get_paginated_response([_row(audit, scores.get(audit.pk)) for audit in page])

    def get_queryset(self) -> Any:
        wanted = read_query(self.request, VisitQuery)
        rows = _released(asker(self.request)).annotate(
            released_month=TruncMonth("released_at", output_field=DateField())
        )
        if label := wanted.pop("period", None):
            try:
                period = period_named(label)
            except ValueError as error:
                raise Problem(INVALID, str(error), errors=[Fault("/period", "invalid", str(error))]) from None
            rows = rows.filter(visited_on__range=(period.start, period.end))
        return rows.filter(**wanted)


class VisitDetail(generics.GenericAPIView[Audit]):
    """One released visit."""

    may = {"GET": READERS_OF_RESULTS}
    serializer_class = ReleasedVisitDetailShape

    @extend_schema(operation_id="visit", tags=["results"])
    def get(self, request: Request, visit_id: uuid.UUID) -> Response:
        """Show a released visit: scores, standards not met in words, reviewed comments, clean copies of photos."""
        return Response(told_visit(asker(request), visit_id))


def told_visit(user: User, visit_id: uuid.UUID) -> dict[str, Any]:
    """One released visit as a manager may know it. Raises Problem (not-found)."""
    audit = _released(user).filter(visit_id=visit_id).first()
    if audit is None:
        raise Problem(NOT_FOUND)
    score = _scores([audit]).get(audit.pk)
    return _row(audit, score) | _detail(audit, score)


def _released(user: User) -> Any:
    return Audit.objects.released_to(user).select_related("programme", "component", "location")


def _scores(audits: Sequence[Audit]) -> dict[uuid.UUID, Score]:
    """The current score of each visit's accepted report, by visit."""
    rows = Score.objects.filter(
        audit__in=audits, current=True, observation__submission__state=Submission.State.ACCEPTED
    ).select_related("observation")
    return {row.audit_id: row for row in rows.defer("observation__answers")}


def _row(audit: Audit, score: Score | None) -> dict[str, Any]:
    assert audit.visited_on and audit.released_at
    reveal = audit.programme.reveal
    version_id = score.observation.version_id if score else audit.version_id
    parts = parts_of(score, version_id) if score else {}
    return {
        "visit_id": audit.visit_id,
        "location": _named(audit.location),
        "programme": _named(audit.programme),
        "component": _named(audit.component),
        "kind": audit.kind,
        "month": f"{audit.visited_on:%Y-%m}",
        "date": None if reveal == REVEAL.MONTH else audit.visited_on,
        "daypart": (audit.daypart or None) if reveal == REVEAL.DAYPART else None,
        "released": f"{audit.released_at:%Y-%m}",
        "score": whole_of(parts) if parts else None,
        "sections": section_rows(version_id, parts),
    }


def _detail(audit: Audit, score: Score | None) -> dict[str, Any]:
    if score is None:
        return {"classifications": [], "assessed": 0, "assessable": 0, "failed": [], "comments": [], "evidence": []}
    return {
        "classifications": class_rows(score.observation.version_id, parts_of(score, score.observation.version_id)),
        "assessed": score.assessed,
        "assessable": score.assessable,
        "failed": _failed(score.observation),
        "comments": _comments(audit),
        "evidence": [{"id": one.id, "type": one.type, "answers": list(one.answers)} for one in shown_evidence(audit)],
    }


def _failed(observation: Observation) -> list[dict[str, Any]]:
    """What was not met, as the answers stand after corrections."""
    observed = Observed(
        observation.submission_id, observation.version_id, observation.scope_id, bytes(observation.answers)
    )
    ((_, answers),) = amended([observed])
    return [
        {
            "key": told.key,
            "code": told.standard.code,
            "section": told.standard.section,
            "outlet": told.outlet,
            "classification": told.standard.classification,
            "severity": told.standard.severity,
            "wording": told.standard.wording,
            "answer": told.words,
            "earned": told.earned,
            "possible": told.possible,
        }
        for told in told_answers(observation.version_id, observation.scope_id, answers)
        if told.state == "failed"
    ]


def _comments(audit: Audit) -> list[dict[str, Any]]:
    """The reviewed copies, where the programme shares them; never the auditor's own text."""
    if not audit.programme.shares_comments:
        return []
    rows = SharedComment.objects.filter(audit=audit).order_by("answer_key")
    return [{"key": row.answer_key, "text": row.text} for row in rows]


def _named(row: Any) -> dict[str, Any]:
    return {"id": row.pk, "code": row.code, "name": row.name}
