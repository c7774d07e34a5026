"""Reports as the office reads them: a list to work through, and each one in words with all that was noted on it."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.office_asking import for_roles, found
from audits.api.office_report import report_of, row_of, score_row
from audits.api.office_shapes import ScoreShape, SubmissionRowShape, SubmissionShape
from audits.models import Score, Submission
from chains.access import REVIEWERS
from chains.api.asking import asker
from chains.api.strict import StrictSerializer, read_query

AUDIT = "assignment__audit"
RELATED = ("sender", AUDIT, f"{AUDIT}__programme", f"{AUDIT}__component", f"{AUDIT}__location")


class SubmissionQuery(StrictSerializer):
    """Filters of the list of reports."""

    state = serializers.ChoiceField(choices=Submission.State.choices, required=False)
    outcome = serializers.ChoiceField(choices=Submission.Outcome.choices, required=False)
    programme = serializers.UUIDField(required=False)
    location = serializers.UUIDField(required=False)
    audit = serializers.UUIDField(required=False)
    auditor = serializers.IntegerField(required=False)
    flagged = serializers.BooleanField(required=False, allow_null=True, default=None)
    unmatched = serializers.BooleanField(required=False, default=False)


class ScoreQuery(StrictSerializer):
    """Filters of the list of scores."""

    submission = serializers.UUIDField(required=False)
    audit = serializers.UUIDField(required=False)
    visit = serializers.UUIDField(required=False, help_text="A visit_id, as ratings and managers name it.")


class Submissions(generics.ListAPIView[Submission]):
    """The reports that the person asking may judge, newest first; one's own are somebody else's to judge."""

    may = {"GET": REVIEWERS}
    serializer_class = SubmissionRowShape
    ordering = ("-received_at", "id")

    @extend_schema(operation_id="office_submissions", parameters=[SubmissionQuery], tags=["reviewing"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List reports."""
        page: list[Submission] = list(self.paginate_queryset(self.filter_queryset(self.get_queryset())) or [])
        rows = Score.objects.filter(current=True, observation__submission__in=page).select_related("observation")
        scores = {row.observation.submission_id: row for row in rows.defer("parts", "observation__answers")}
        return self.get_paginated_response([row_of(one, scores.get(one.pk)) for one in page])

    def get_queryset(self) -> Any:
        wanted = read_query(self.request, SubmissionQuery)
        rows = Submission.objects.to_review_by(asker(self.request)).select_related(*RELATED)
        paths = {
            "programme": f"{AUDIT}__programme",
            "location": f"{AUDIT}__location",
            "audit": AUDIT,
            "auditor": "sender",
        }
        for name in ("state", "outcome", *paths):
            if name in wanted:
                rows = rows.filter(**{paths.get(name, name): wanted[name]})
        if wanted["flagged"] is not None:
            rows = rows.exclude(flags=[]) if wanted["flagged"] else rows.filter(flags=[])
        return rows.filter(assignment__isnull=True) if wanted["unmatched"] else rows


class SubmissionDetail(generics.GenericAPIView[Submission]):
    """One report."""

    may = {"GET": REVIEWERS}
    serializer_class = SubmissionShape

    @extend_schema(operation_id="office_submission", tags=["reviewing"])
    def get(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Show a report: answers in words by section, flags, comments, evidence, queries, corrections, scores."""
        rows = Submission.objects.to_review_by(asker(request)).select_related(*RELATED)
        return Response(report_of(found(rows, submission_id)))


class Scores(generics.ListAPIView[Score]):
    """Scores with the digests of their facts: how a published number is followed to the answers it came from."""

    may = {"GET": REVIEWERS}
    serializer_class = ScoreShape
    ordering = ("-id",)

    @extend_schema(operation_id="office_scores", parameters=[ScoreQuery], tags=["reviewing"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List scores, newest first; superseded ones too."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response([score_row(row) for row in page])

    def get_queryset(self) -> Any:
        wanted = read_query(self.request, ScoreQuery)
        rows = _scores(self.request)
        paths = {"submission": "observation__submission", "audit": "audit", "visit": "audit__visit_id"}
        for name, value in wanted.items():
            rows = rows.filter(**{paths[name]: value})
        return rows


class ScoreDetail(generics.GenericAPIView[Score]):
    """One score."""

    may = {"GET": REVIEWERS}
    serializer_class = ScoreShape

    @extend_schema(operation_id="office_score", tags=["reviewing"])
    def get(self, request: Request, score_id: int) -> Response:
        """Show a score with its parts and the digests of its facts."""
        return Response(score_row(found(_scores(request), score_id)))


def _scores(request: Request) -> Any:
    user = asker(request)
    rows = for_roles(Score.objects.all(), user, REVIEWERS, "audit__programme__chain_id")
    rows = rows.exclude(observation__submission__sender=user)
    return rows.select_related("audit", "observation").defer("observation__answers")
