"""When and how a report was entered, and where its phone was: for who judges it, and for nobody else."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from rest_framework import serializers as s

from audits.models import Observation, Submission
from audits.models.compiled import checklist_of, scope_of
from audits.scoring.entering import are_entry_times, read_entering
from audits.scoring.packing import unpack
from audits.services.receiving.noting import end_of, walls_of
from standards.spec.scope import split_key


class PauseShape(s.Serializer[Any]):
    """Half an hour or more without an answer."""

    after = s.CharField(help_text="The answer before it.")
    seconds = s.IntegerField()


class SectionTimeShape(s.Serializer[Any]):
    """Seconds that led up to the answers of a section, pauses left out."""

    section = s.CharField()
    name = s.CharField()
    answers = s.IntegerField()
    seconds = s.IntegerField()


class SameRowShape(s.Serializer[Any]):
    """Thirty or more of the same answer, none more than a second after the one before."""

    first = s.CharField()
    last = s.CharField()
    answers = s.IntegerField()
    seconds = s.IntegerField()


class EnteringShape(s.Serializer[Any]):
    """How the answers were entered."""

    answers = s.IntegerField()
    span_seconds = s.IntegerField()
    active_seconds = s.IntegerField()
    pauses = PauseShape(many=True)
    sections = SectionTimeShape(many=True)
    same_row = SameRowShape(allow_null=True)


class PositionShape(s.Serializer[Any]):
    """Where the phone said it was; metres."""

    latitude = s.FloatField()
    longitude = s.FloatField()
    accuracy = s.FloatField(allow_null=True)


class TimingShape(s.Serializer[Any]):
    """By the phone's own clock. `hours_after_visit` counts from the end of the day of the visit; below 0 is on it."""

    entered_from = s.DateTimeField(allow_null=True, help_text="In the branch's time where the branch is known.")
    entered_until = s.DateTimeField(allow_null=True)
    hours_after_visit = s.FloatField(allow_null=True)
    restarts = s.IntegerField(help_text="How often the app was started again in between.")
    entering = EnteringShape(allow_null=True, help_text="Empty where no entry times were sent.")
    position = PositionShape(allow_null=True)


def timing_of(submission: Submission, observation: Observation | None, entered: Any, clock: Any) -> dict[str, Any]:
    """The timing of a report; `entered` and `clock` are as sent, whatever that is."""
    entering = _entering(observation, entered)
    walls = list(walls_of(clock))
    begun = walls[0] if walls else None
    zone = submission.assignment.audit.location.zone() if submission.assignment else None
    ended = _moment(begun, zone, entering["span_seconds"]) if entering else None
    after = None
    if begun and submission.assignment:
        over = end_of(submission.visited_on, submission.assignment.audit.location.timezone)
        after = round((begun - over).total_seconds() / 3600, 1)
    return {
        "entered_from": _moment(begun, zone, 0),
        "entered_until": ended,
        "hours_after_visit": after,
        "restarts": max(0, len(walls) - 1),
        "entering": entering,
        "position": _position(clock),
    }


def _moment(begun: datetime | None, zone: tzinfo | None, seconds: int) -> datetime | None:
    """So many seconds after the form was begun, in the branch's time; None for what no calendar holds."""
    try:
        return begun and (begun + timedelta(seconds=seconds)).astimezone(zone or UTC)
    except OverflowError:
        return None


def _entering(observation: Observation | None, entered: Any) -> dict[str, Any] | None:
    if observation is None:
        return None
    checklist, keys = checklist_of(observation.version_id), scope_of(observation.scope_id).keys
    if not are_entry_times(entered, len(keys)):
        return None
    of_code = {standard.code: standard.section for standard in checklist.standards}
    sections = [of_code[split_key(key)[0]] for key in keys]
    found = read_entering(keys, sections, entered, unpack(bytes(observation.answers)).vector())
    if found is None:
        return None
    names = {section.code: section.name for section in checklist.sections}
    return found._asdict() | {
        "pauses": [pause._asdict() for pause in found.pauses],
        "sections": [one._asdict() | {"name": names[one.section]} for one in found.sections],
        "same_row": found.same_row._asdict() if found.same_row else None,
    }


def _position(clock: Any) -> dict[str, float | None] | None:
    """The position where it is one; a phone may send none, or anything."""
    given = clock.get("position") if isinstance(clock, Mapping) else None
    if not isinstance(given, Mapping):
        return None
    latitude, longitude, accuracy = (_number(given.get(name)) for name in ("latitude", "longitude", "accuracy"))
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return {"latitude": latitude, "longitude": longitude, "accuracy": accuracy}


def _number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and abs(value) < 1e9 else None
