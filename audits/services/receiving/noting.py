"""What is noted on a submission when it arrives. Nothing here refuses: judging is the office's work."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from audits.models import Assignment, Audit, Submission, flags
from audits.scoring.answers import Answers
from audits.scoring.entering import are_entry_times, same_row
from audits.scoring.vector import AnswerFault
from audits.services.receiving.body import Sent
from audits.services.receiving.demands import failed_demands
from audits.services.receiving.known import Duty, Frozen

LIVING = (Assignment.State.OFFERED, Assignment.State.ACCEPTED)
# A visit that was given up for missed is one again when its report comes after all.
AWAITED = (Audit.State.ASSIGNED, Audit.State.MISSED)
CALLED_OFF = (Audit.State.CANCELLED, Audit.State.VOID)
VISITED = (Submission.Outcome.COMPLETED, Submission.Outcome.PARTIAL)
SKEW = timedelta(minutes=10)
# Shoppers fill the form in away from the premises; memory is good for about a day after the visit.
ENTERED_WITHIN = timedelta(hours=24)
# Somewhere on earth the day begins fourteen hours before it does in UTC.
EARLIEST_ZONE = timedelta(hours=14)
_FLAG_OF_FAULT = {"unknown-standard": flags.UNKNOWN_STANDARD, "out-of-scope": flags.UNKNOWN_STANDARD}


def believed_day(claimed: date, duty: Duty | None, received_at: datetime) -> date:
    """The day a visit counts on: as claimed if between assignment and receipt, else the nearer of the two.

    Days are the branch's. Where the assignment is unknown, any day up to today's anywhere on earth is believed.
    """
    if duty is None:
        return min(claimed, (received_at.astimezone(UTC) + EARLIEST_ZONE).date())
    return max(duty.local_day(duty.offered_at), min(claimed, duty.local_day(received_at)))


def notes_on_visit(sent: Sent, duty: Duty | None, day: date, received_at: datetime) -> Iterator[str]:
    """What is odd about assignment, window and day."""
    if day != sent.visited_on:
        yield flags.VISITED_ON_UNBELIEVABLE
    if duty is None:
        yield flags.UNKNOWN_ASSIGNMENT
        return
    if duty.audit_state in CALLED_OFF:
        yield flags.AUDIT_CANCELLED
    if duty.state == Assignment.State.DELIVERED:
        yield flags.ANOTHER_SUBMISSION
    elif duty.state not in LIVING:
        yield flags.ASSIGNMENT_ENDED
    if duty.is_late(received_at):
        yield flags.LATE
    if not duty.allows(day):
        yield flags.OUTSIDE_WINDOW


def notes_on_content(duty: Duty, frozen: Frozen | None, checklist: bool, scope: bool) -> Iterator[str]:
    """What is odd about the version and scope a submission names; the last two say whether they are known."""
    if not checklist:
        yield flags.CHECKLIST_UNKNOWN
    elif not scope:
        yield flags.SCOPE_UNKNOWN
    if frozen and frozen.version_id != duty.version_id:
        yield flags.CHECKLIST_DIFFERS
    elif frozen and scope and frozen.scope_id != duty.scope_id:
        yield flags.SCOPE_DIFFERS


def notes_on_answers(sent: Sent, frozen: Frozen, answers: Answers, faults: Iterable[AnswerFault]) -> Iterator[str]:
    """What is odd about the answers: unknown standards, impossible values, a comment or photo that had to come."""
    for fault in faults:
        yield _FLAG_OF_FAULT.get(fault.code, flags.BAD_VALUE)
    if sent.outcome not in VISITED:
        return
    failed = failed_demands(frozen, answers)
    if any(demand.comment and not sent.comments.get(demand.key, "").strip() for demand in failed):
        yield flags.COMMENT_MISSING
    if any(demand.photo for demand in failed):
        shown = {key for item in sent.evidence if item.type == "photo" for key in item.answers}
        if any(demand.photo and demand.key not in shown for demand in failed):
            yield flags.EVIDENCE_MISSING


def notes_on_phone(
    sent: Sent, duty: Duty | None, day: date, received_at: datetime, frozen: Frozen | None, answers: Answers | None
) -> Iterator[str]:
    """What is odd about the phone's clock and entry times, the visit being on `day`: for the reviewer only."""
    keys = len(frozen.layout.keys) if frozen else None
    if sent.entered is not None and not are_entry_times(sent.entered, keys):
        yield flags.ENTRY_TIMES_UNREADABLE
    elif sent.entered is not None and answers is not None and same_row(sent.entered, answers.vector()):
        yield flags.SAME_ANSWERS_IN_A_ROW
    walls = list(walls_of(sent.clock))
    if duty and walls and walls[0] and _is_entered_late(walls[0], day, duty, received_at):
        yield flags.ENTERED_LATE
    earliest = duty.offered_at - SKEW if duty else None
    if any(wall is None or wall > received_at + SKEW or (earliest and wall < earliest) for wall in walls):
        yield flags.CLOCK_SKEWED


def _is_entered_late(begun: datetime, day: date, duty: Duty, received_at: datetime) -> bool:
    """Whether the form was begun long after the visit; a clock that is ahead of ours tells nothing of it."""
    believed = min(begun, received_at)
    return begun <= received_at + SKEW and believed > end_of(day, duty.timezone) + ENTERED_WITHIN


def end_of(day: date, zone: str) -> datetime:
    """The moment at which a day is over at the branch."""
    return datetime.combine(day, time.max, ZoneInfo(zone))


def walls_of(clock: Any) -> Iterator[datetime | None]:
    """The wall-clock time of every segment (ISO 8601 with an offset, or milliseconds since 1970); None: unreadable."""
    segments = clock.get("segments") if isinstance(clock, dict) else None
    for segment in segments if isinstance(segments, list) else ():
        wall = segment.get("wall") if isinstance(segment, dict) else None
        try:
            if isinstance(wall, str):
                moment = datetime.fromisoformat(wall)
                yield moment if moment.tzinfo else None
            elif isinstance(wall, int | float):
                yield datetime.fromtimestamp(wall / 1000, tz=UTC)
        except (ValueError, OverflowError, OSError):
            yield None
