"""What a rehearsal tells, as JSON: stars of branches that its owner may see, never visits."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from audits.scoring.outcome.rounding import rounded
from audits.scoring.replay import BranchOutcome, UndoableChange
from audits.services.rehearsing.asking import branches_told
from audits.services.rehearsing.causes import Causes
from audits.services.rehearsing.replaying import Replay
from chains.models import Location, User

# Branches listed one by one; those with other stars come first, and the result says how many are left out.
MOST_LISTED = 1000


def steps_between(replay: Replay, place: uuid.UUID) -> int | None:
    """Levels gained (lost where negative); None where either outcome is no level that both schemes know."""
    levels = list(replay.setting.before.scheme.levels)
    before, after = replay.before.outcomes[place].level, replay.after.outcomes[place].level
    if before not in levels or after not in levels:
        return None
    return levels.index(after) - levels.index(before)


def in_order(replay: Replay, places: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Branches, the largest change first: by levels, then by the score, then by their code's place in the chain."""
    outcomes = replay.before.outcomes, replay.after.outcomes

    def change(place: uuid.UUID) -> tuple[bool, int, Fraction, str]:
        before, after = (side[place] for side in outcomes)
        moved = abs((after.value or Fraction(0)) - (before.value or Fraction(0)))
        return before.text == after.text, -abs(steps_between(replay, place) or 0), -moved, str(place)

    return sorted(places, key=change)


def visible_places(replay: Replay, owner: User | None) -> dict[uuid.UUID, Location]:
    """The replayed branches that the owner may be told of now."""
    if owner is None:
        return {}
    chain = replay.setting.series.programme.chain_id
    rows = branches_told(owner, chain).order_by("code")
    return {row.pk: row for row in rows.only("pk", "code", "name") if row.pk in replay.before.outcomes}


def told(replay: Replay, causes: Causes, places: Mapping[uuid.UUID, Location]) -> dict[str, Any]:
    """The result. Every number in it counts the branches that the owner is told of, and no others."""
    setting = replay.setting
    steps = {place: steps_between(replay, place) for place in places}
    changed = {place for place in replay.changed() if place in places}
    ordered = in_order(replay, places)
    target = setting.target
    return {
        "series": {"id": str(setting.series.pk), "name": setting.series.name},
        "period": setting.period.label,
        "checklist": target and {"id": str(target.version.pk), "name": str(target.version), **_state(target.version)},
        "scheme": {"id": str(setting.chosen.pk), "name": str(setting.chosen)},
        "scheme_in_force": {"id": str(setting.in_force.pk), "name": str(setting.in_force)},
        "branches": len(places),
        "gained": sum((step or 0) > 0 for step in steps.values()),
        "lost": sum((step or 0) < 0 for step in steps.values()),
        "otherwise": len([place for place in changed if not steps[place]]),
        "locations": [_line(replay, causes, places[place], steps[place]) for place in ordered[:MOST_LISTED]],
        "left_out": max(len(ordered) - MOST_LISTED, 0),
        "causes": _causes(causes, places, steps),
        "not_replayed": _not_replayed(replay),
    }


def _state(version: Any) -> dict[str, Any]:
    return {"state": version.state, "revision": version.revision}


def _line(replay: Replay, causes: Causes, place: Location, steps: int | None) -> dict[str, Any]:
    sides = replay.before.outcomes[place.pk], replay.after.outcomes[place.pk]
    return {
        "id": str(place.pk),
        "code": place.code,
        "name": place.name,
        "before": _shown(sides[0]),
        "after": _shown(sides[1]),
        "steps": steps,
        "changed": sides[0].text != sides[1].text,
        "because": [code for change, back in causes.changes if place.pk in back for code in change.changed],
        "looked_at": place.pk in causes.looked_at,
    }


def _shown(outcome: BranchOutcome) -> dict[str, Any]:
    score = None if outcome.value is None else float(rounded(outcome.value, "nearest", 1))
    return {"outcome": outcome.text, "score": score}


def _causes(causes: Causes, places: Mapping[uuid.UUID, Location], steps: Mapping[uuid.UUID, int | None]) -> Any:
    standards = [_cause(change, _seen(back, places), steps) for change, back in causes.changes]
    return {
        "looked_at": len(_seen(causes.looked_at, places)),
        "standards": sorted(standards, key=lambda row: -row["brings_back"]),
        "scheme": None if causes.scheme is None else len(_seen(causes.scheme, places)),
        "earlier_versions": len(_seen(causes.earlier_versions, places)),
    }


def _seen(found: Collection[uuid.UUID], places: Mapping[uuid.UUID, Location]) -> list[uuid.UUID]:
    return [place for place in found if place in places]


def _cause(change: UndoableChange, back: Sequence[uuid.UUID], steps: Mapping[uuid.UUID, int | None]) -> dict[str, Any]:
    return {
        "standards": [{"code": code, "changed": list(fields)} for code, fields in change.changed.items()],
        "brings_back": len(back),
        "gained": sum((steps[place] or 0) > 0 for place in back),
        "lost": sum((steps[place] or 0) < 0 for place in back),
    }


def _not_replayed(replay: Replay) -> list[str]:
    """Codes of the target that no past visit was asked for: new ones, and those whose answers are of another kind."""
    target = replay.setting.target
    if target is None:
        return []
    asked = {code for version in {v.version_id for v in replay.visits} for code in target.codes_carried(version)}
    return [standard.code for standard in target.content.standards if standard.code not in asked]
