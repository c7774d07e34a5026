"""The office's judgement of what was sent, and the score that follows from it."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from audits.models.programmes import PLAN_READERS
from audits.models.submissions import Observation, OfficeOnlyQuerySet, Submission
from audits.models.visits import Audit
from chains.models import Location, VisibleQuerySet

if TYPE_CHECKING:
    from chains.models import User


class Review(models.Model):
    """One judgement: accept, return with queries, void, withdraw. Append-only; without a reviewer it was automatic."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", "Accept"
        RETURN = "return", "Return"
        VOID = "void", "Void"
        WITHDRAW = "withdraw", "Withdraw"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    reviewer = models.ForeignKey("chains.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField()

    objects = OfficeOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=["accept", "return", "void", "withdraw"]), name="review_decision_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.submission_id}"


class Query(models.Model):
    """A question put to the auditor with a returned submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="queries")
    answer_key = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    reply = models.TextField(blank=True)
    reply_evidence = models.JSONField(default=list, blank=True, help_text="Ids of the files that came with the reply.")

    objects = OfficeOnlyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "queries"

    def __str__(self) -> str:
        return self.text[:60]


class Amendment(models.Model):
    """A correction of one answer; append-only, the last one of an answer key counts."""

    class Source(models.TextChoices):
        REVIEW = "review", "Review"
        QUERY = "query", "Query"
        APPEAL = "appeal", "Appeal"

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="amendments")
    answer_key = models.CharField(max_length=120)
    before = models.CharField(max_length=60, help_text="The answer as it was; empty where not assessed.", blank=True)
    after = models.CharField(max_length=60, blank=True)
    reason = models.TextField()
    source = models.CharField(max_length=10, choices=Source.choices)
    made_by = models.ForeignKey("chains.User", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    objects = OfficeOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=["review", "query", "appeal"]), name="amendment_source_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.answer_key}: {self.before} → {self.after}"


class SharedCommentQuerySet(VisibleQuerySet):
    """Reviewed comments: the office's, and of released visits the branch's."""

    def visible_q(self, user: "User") -> Q | None:
        """Comments of the office's chains; of released visits in the branches that `user` may see."""
        if user.is_superuser:
            return Q()
        released = Q(audit__state=Audit.State.RELEASED, audit__location__in=Location.objects.visible_to(user))
        return released | Q(audit__programme__chain_id__in=user.chain_ids(*PLAN_READERS))


class SharedComment(models.Model):
    """A comment as the branch may read it: a reviewed copy, never the auditor's own text by itself."""

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="comments")
    answer_key = models.CharField(max_length=120)
    text = models.TextField()

    objects = SharedCommentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audit", "answer_key"], name="comment_once_per_answer")]

    def __str__(self) -> str:
        return f"{self.answer_key}: {self.text[:40]}"


class ScoreQuerySet(VisibleQuerySet):
    """Scores with their digests: the office's."""

    def visible_q(self, user: "User") -> Q | None:
        """Scores in the chains that `user` reviews."""
        return Q() if user.is_superuser else Q(audit__programme__chain_id__in=user.chain_ids(*PLAN_READERS))


class Score(models.Model):
    """One observation and its amendments measured against its scope. The same inputs make no new row; one is current.

    `earned` and `possible` are integers of the checklist's decimals; `parts` holds them for every part (packed by
    audits.scoring) in the order of the checklist's part list.
    """

    audit = models.ForeignKey(Audit, on_delete=models.PROTECT, related_name="scores")
    # Both unique constraints begin with it: an index of its own would only take room.
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="scores", db_index=False)
    amendments_digest = models.BinaryField(max_length=32)
    scope_sha256 = models.BinaryField(max_length=32)
    checklist_sha256 = models.BinaryField(max_length=32)
    engine = models.PositiveIntegerField()
    earned = models.BigIntegerField()
    possible = models.BigIntegerField()
    assessed = models.PositiveIntegerField()
    assessable = models.PositiveIntegerField()
    critical_failed = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    parts = models.BinaryField()
    current = models.BooleanField(default=True)
    scored_at = models.DateTimeField()

    objects = ScoreQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["observation", "amendments_digest", "engine"], name="score_once_per_inputs"
            ),
            models.UniqueConstraint(fields=["observation"], condition=Q(current=True), name="one_current_score"),
            models.CheckConstraint(condition=Q(possible__gte=0), name="score_possible_is_not_negative"),
            models.CheckConstraint(
                condition=Q(assessed__lte=models.F("assessable")), name="score_assessed_within_assessable"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earned}/{self.possible}"
