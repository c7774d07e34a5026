"""What the office decides about a report: accept, return with queries, void, correct."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audits import tasks
from audits.api.office_asking import for_roles, found, read_body
from audits.api.office_shapes import AmendmentShape
from audits.models import Amendment, Assignment, Audit, Submission
from audits.services import receiving, reviewing
from chains.access import REVIEWERS
from chains.api.asking import asker
from chains.api.strict import StrictSerializer
from chains.problems import INVALID, Fault, Problem

MAX_TEXT = 10_000
MAX_COMMENTS = 2_000
KEY = 120


class Acceptance(StrictSerializer):
    """`visited_on` confirms or corrects the day the visit counts on; `comments` are copies a branch may read."""

    note = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    visited_on = serializers.DateField(required=False)
    daypart = serializers.ChoiceField(choices=Audit.Daypart.choices, required=False, allow_blank=True)
    comments = serializers.DictField(
        child=serializers.CharField(max_length=MAX_TEXT), required=False, help_text="By answer key."
    )


class QuestionToAsk(StrictSerializer):
    """A question about one answer, or without a key about the whole visit."""

    answer_key = serializers.CharField(max_length=KEY, required=False, allow_blank=True)
    text = serializers.CharField(max_length=MAX_TEXT)


class Return(StrictSerializer):
    """Questions to the auditor, and until when the corrected report is awaited."""

    queries = serializers.ListField(child=QuestionToAsk(), allow_empty=False, max_length=200)
    due_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


class Voiding(StrictSerializer):
    """Why the report is void; the reason stays on record."""

    note = serializers.CharField(max_length=MAX_TEXT)


class Withdrawing(StrictSerializer):
    """Why the report should never have been delivered; the reason stays on record."""

    note = serializers.CharField(max_length=MAX_TEXT)


class Matching(StrictSerializer):
    """The assignment of its sender that the report is of."""

    assignment = serializers.UUIDField()


class CorrectionToMake(StrictSerializer):
    """One answer corrected: `after` as a phone would send it ("met", "45", "na", empty for not assessed)."""

    answer_key = serializers.CharField(max_length=KEY)
    after = serializers.CharField(max_length=60, allow_blank=True)
    reason = serializers.CharField(max_length=MAX_TEXT)


class Corrections(StrictSerializer):
    """Answers to be corrected, and on whose word."""

    corrections = serializers.ListField(child=CorrectionToMake(), allow_empty=False, max_length=MAX_COMMENTS)
    source = serializers.ChoiceField(choices=Amendment.Source.choices, default=Amendment.Source.REVIEW)  # type: ignore[assignment]


class JudgedSerializer(serializers.Serializer[Any]):
    """Where the report and its visit stand now."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Submission.State.choices)
    audit = serializers.UUIDField()
    audit_state = serializers.ChoiceField(choices=Audit.State.choices)


class MatchedSerializer(JudgedSerializer):
    """The same, where there may be no visit."""

    audit = serializers.UUIDField(allow_null=True)
    audit_state = serializers.ChoiceField(choices=Audit.State.choices, allow_null=True)


class Accept(APIView):
    """Acceptance of a report."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_submission_accept", request=Acceptance, responses=JudgedSerializer, tags=["reviewing"]
    )
    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Accept a scored report as the one that counts for its visit."""
        submission = _to_judge(request, submission_id)
        reviewing.accept(
            submission_id=submission.pk, reviewer=asker(request), now=timezone.now(), **read_body(request, Acceptance)
        )
        tasks.ring()
        return _judged(submission)


class ReturnWithQueries(APIView):
    """A report sent back."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_submission_return", request=Return, responses=JudgedSerializer, tags=["reviewing"]
    )
    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Send a report back with questions; the corrected one names it in `replaces`."""
        submission = _to_judge(request, submission_id)
        values = read_body(request, Return)
        reviewing.return_with_queries(
            submission_id=submission.pk,
            reviewer=asker(request),
            questions=[reviewing.Question(q.get("answer_key", ""), q["text"]) for q in values["queries"]],
            now=timezone.now(),
            due_on=values.get("due_on"),
            note=values.get("note", ""),
        )
        return _judged(submission)


class Void(APIView):
    """A report declared void."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_submission_void", request=Voiding, responses=JudgedSerializer, tags=["reviewing"]
    )
    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Declare a report void, also after release: ratings are made anew without it."""
        submission = _to_judge(request, submission_id)
        note = read_body(request, Voiding)["note"]
        reviewing.void(submission_id=submission.pk, reviewer=asker(request), now=timezone.now(), note=note)
        tasks.ring()
        return _judged(submission)


class Withdraw(APIView):
    """A report taken back."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_submission_withdraw",
        request=Withdrawing,
        responses=MatchedSerializer,
        tags=["reviewing"],
    )
    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Withdraw a report that should never have been sent: its id is refused (410), its visit waits for another."""
        submission = found(Submission.objects.to_review_by(asker(request)), submission_id)
        note = read_body(request, Withdrawing)["note"]
        reviewing.withdraw(submission_id=submission.pk, reviewer=asker(request), now=timezone.now(), note=note)
        return _judged(submission)


class Match(APIView):
    """A report whose visit the office knows and the phone did not."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_submission_match", request=Matching, responses=JudgedSerializer, tags=["reviewing"]
    )
    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Take a report of an unknown or ended assignment as one of this assignment of its sender, and score it."""
        submission = found(Submission.objects.to_review_by(asker(request)), submission_id)
        wanted = read_body(request, Matching)["assignment"]
        rows = for_roles(Assignment.objects.all(), asker(request), REVIEWERS, "audit__programme__chain")
        assignment = rows.filter(pk=wanted, auditor_id=submission.sender_id).first()
        if assignment is None:
            fault = Fault("/assignment", "unknown", "The person who sent the report has no such assignment.")
            raise Problem(INVALID, fault.detail, errors=[fault])
        receiving.match(submission_id=submission.pk, assignment_id=assignment.pk, now=timezone.now())
        tasks.ring()
        return _judged(submission)


class Amend(APIView):
    """Corrections of answers."""

    may = {"POST": REVIEWERS}

    @extend_schema(
        operation_id="office_submission_amend",
        request=Corrections,
        responses={201: AmendmentShape(many=True)},
        tags=["reviewing"],
    )
    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Correct answers; the report is scored anew, and after release its branch is rated anew."""
        submission = _to_judge(request, submission_id)
        values = read_body(request, Corrections)
        rows = reviewing.amend(
            submission_id=submission.pk,
            made_by=asker(request),
            corrections=[reviewing.Correction(c["answer_key"], c["after"], c["reason"]) for c in values["corrections"]],
            source=values["source"],
            now=timezone.now(),
        )
        tasks.ring()
        return Response(AmendmentShape(rows, many=True).data, status=201)


def _to_judge(request: Request, submission_id: uuid.UUID) -> Submission:
    rows = Submission.objects.to_review_by(asker(request)).filter(assignment__isnull=False)
    submission: Submission = found(rows, submission_id)
    return submission


def _judged(submission: Submission) -> Response:
    fields = ("pk", "state", "assignment__audit_id", "assignment__audit__state")
    row = Submission.objects.filter(pk=submission.pk).values_list(*fields).get()
    return Response(dict(zip(("id", "state", "audit", "audit_state"), row, strict=True)))
