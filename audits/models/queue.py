"""What is still to be done, as rows: the database is the truth, Celery only rings the bell."""

import logging
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models import Q

from chains.models import VisibleToStaffOnly
from chains.models.dialects import claimed

log = logging.getLogger(__name__)
PARKED_AFTER = 5


class DirtyQuerySet(VisibleToStaffOnly):
    """Dirty rows are marked in the same transaction as the change that makes them dirty."""

    def mark(self, rows: "Iterable[Dirty]") -> None:
        """Insert rows or give those already there a new generation, in the order of their keys (no deadlocks).

        A task that read the generation before finds it changed and leaves the row for the next run.
        """
        by_key = {row.key: row for row in rows}
        self.bulk_create(
            [by_key[key] for key in sorted(by_key)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["generation", "attempts", "next_try_at", "parked_at"],
        )

    def due(self, now: datetime) -> "DirtyQuerySet":
        """Rows to work on now: not parked, their next try has come; oldest first."""
        return self.filter(parked_at__isnull=True, next_try_at__lte=now).order_by("next_try_at", "id")

    def work(self, *, kind: str, now: datetime, limit: int, handle: "Callable[[Sequence[Dirty]], None]") -> int:
        """Let `handle` recompute up to `limit` due rows in one transaction; return how many rows were taken.

        A row goes only if it still has the generation that was read. Where a batch fails, its rows are tried one
        by one, so that a poisoned row spoils only itself: it is tried again later, and parked after PARKED_AFTER tries.
        """
        taken: list[Dirty] = []
        try:
            with transaction.atomic():
                taken = list(claimed(self.due(now).filter(kind=kind))[:limit])
                self._finish(taken, handle)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("a batch of %s rows failed; trying them one by one", kind)
            for row in taken:
                self._try_alone(row, now, handle)
        return len(taken)

    def _finish(self, rows: "Sequence[Dirty]", handle: "Callable[[Sequence[Dirty]], None]") -> None:
        if not rows:
            return
        handle(rows)
        # Generations are drawn from 62 bits, so that no two rows share one; a thousand pairs joined by OR are more than
        # SQLite can parse.
        generations = [row.generation for row in rows]
        self.filter(pk__in=[row.pk for row in rows], generation__in=generations).delete()

    def _try_alone(self, row: "Dirty", now: datetime, handle: "Callable[[Sequence[Dirty]], None]") -> None:
        try:
            with transaction.atomic():
                self._finish(list(claimed(self.filter(pk=row.pk))), handle)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("%s failed", row.key)
            tries = row.attempts + 1
            self.filter(pk=row.pk, generation=row.generation).update(
                attempts=tries,
                last_error=f"{type(error).__name__}: {error}"[:2000],
                next_try_at=now + timedelta(seconds=2**tries),
                parked_at=now if tries >= PARKED_AFTER else None,
            )


class Dirty(models.Model):
    """One thing to recompute: a submission's score, a branch's rating, a group's order.

    `generation` is drawn anew at every marking; the row goes only if it is still the one that was read.
    `attempts`, `last_error` and `next_try_at` keep a poisoned row from blocking the others; parked after five tries.
    """

    class Kind(models.TextChoices):
        SCORE = "score", "Score a submission"
        RATE = "rate", "Rate a branch"
        RANK = "rank", "Order a group"

    kind = models.CharField(max_length=5, choices=Kind.choices)
    key = models.CharField(max_length=140, unique=True)
    submission_id = models.UUIDField(null=True)
    series_id = models.UUIDField(null=True)
    location_id = models.UUIDField(null=True)
    group_id = models.UUIDField(null=True)
    period_start = models.DateField(null=True)
    generation = models.BigIntegerField()
    since = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    next_try_at = models.DateTimeField()
    parked_at = models.DateTimeField(null=True)

    objects = DirtyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dirty rows"
        indexes = [models.Index(fields=["kind", "next_try_at"], name="dirty_by_kind")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["score", "rate", "rank"]), name="dirty_kind_is_known")
        ]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def score(cls, *, submission_id: uuid.UUID, now: datetime) -> "Dirty":
        """The row "score this submission"."""
        return cls(kind=cls.Kind.SCORE, key=f"score:{submission_id}", submission_id=submission_id, **cls._fresh(now))

    @classmethod
    def rate(cls, *, series_id: uuid.UUID, location_id: uuid.UUID, period_start: date, now: datetime) -> "Dirty":
        """The row "rate this branch for this period"."""
        return cls(
            kind=cls.Kind.RATE,
            key=f"rate:{series_id}:{period_start}:{location_id}",
            series_id=series_id,
            location_id=location_id,
            period_start=period_start,
            **cls._fresh(now),
        )

    @classmethod
    def rank(cls, *, series_id: uuid.UUID, group_id: uuid.UUID | None, period_start: date, now: datetime) -> "Dirty":
        """The row "order this group (the whole chain where empty) for this period"."""
        return cls(
            kind=cls.Kind.RANK,
            key=f"rank:{series_id}:{period_start}:{group_id or 'chain'}",
            series_id=series_id,
            group_id=group_id,
            period_start=period_start,
            **cls._fresh(now),
        )

    @staticmethod
    def _fresh(now: datetime) -> dict[str, object]:
        return {"generation": secrets.randbits(62), "since": now, "next_try_at": now}


class Outbox(models.Model):
    """A message to leave the house (mail, webhook), written with the change it tells of, sent later, at least once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    objects = VisibleToStaffOnly.as_manager()

    class Meta:
        verbose_name_plural = "outbox"
        indexes = [models.Index(fields=["next_try_at"], condition=Q(sent_at__isnull=True), name="outbox_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at}"
