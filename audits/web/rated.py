"""How one rating is said on a page: its stars, and where there are none what is missing."""

import uuid
from collections.abc import Mapping

from audits.models import Override, Rating
from audits.models.compiled import scheme_of
from audits.web.stars import Stars, stars_of
from standards.spec.scheme import Scheme


def rules_of(rating: Rating) -> Scheme | None:
    """The rules that a rating was made by."""
    return scheme_of(rating.scheme_version_id).on(rating.period_end)


def stars_shown(rating: Rating, overrides: Mapping[uuid.UUID, Override]) -> Stars:
    """The stars of a rating; a recorded decision stands on top and is marked as one."""
    scheme = rules_of(rating)
    decided = overrides.get(rating.location_id)
    return stars_of(scheme.levels if scheme else (), rating.outcome, override=decided.outcome if decided else None)


def what_is_missing(rating: Rating, reason: str = "") -> str:
    """Why a rating has no rank, in one sentence. `reason` is what the rules said where they led nowhere."""
    scheme = rules_of(rating)
    visits = scheme.visits if scheme else None
    if rating.visits == 0:
        return "No visit counts here any more."
    if rating.state == Rating.State.PROVISIONAL and visits and visits.minimum:
        return _more(rating.visits, visits.minimum, "to be rated")
    if not rating.may_rank and visits and visits.minimum_to_rank:
        return _more(rating.visits, visits.minimum_to_rank, "to be ranked")
    return f"No rating: {reason}." if reason else "The rules give no level."


def _more(have: int, need: int, what: str) -> str:
    if have >= need:
        return f"At least {need} visits of each kind are needed {what}."
    return f"{need - have} more visit{'s' if need - have > 1 else ''} needed {what} ({have} of {need})."
