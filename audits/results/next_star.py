"""The shortest way to the next star of one rating, worked out from the answers that it came from, and in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from audits.models import Rating
from audits.models.compiled import scheme_of
from audits.models.counted import rules_of_ratings, windows_of
from audits.results.words import Wording
from audits.scoring.next_star import Path, path_to_next_star

SUPERSEDED = "the newer rating: this one has been superseded"
CHANGING = "the new rating: its visits were corrected a moment ago"
NO_RULES = "rules that are in force"
BEST = "nothing: this is the best level"


@dataclass(frozen=True, slots=True)
class Step:
    """One standard of the way: in how many of the visits it failed, how many times, and what it asks for."""

    code: str
    visits: int
    times: int
    wording: Wording


@dataclass(frozen=True, slots=True)
class WayUp:
    """The way of one rating to a better level; without steps `sentence` says what is missing instead."""

    path: Path
    steps: tuple[Step, ...]
    sentence: str
    proof: str

    @property
    def is_best(self) -> bool:
        """Whether there is no better level."""
        return self.path.missing == BEST


def way_up(rating: Rating, wordings: Mapping[str, Wording]) -> WayUp:
    """The way of a rating that the person asking may see; `wordings` say what the standards ask for."""
    path = _path(rating)
    steps = tuple(
        Step(one.code, one.visits, one.times, wordings.get(one.code) or Wording(one.code, "", False))
        for one in path.standards
    )
    return WayUp(path, steps, _sentence(path), _proof(path))


def _path(rating: Rating) -> Path:
    scheme = scheme_of(rating.scheme_version_id).on(rating.period_end)
    missing = "" if rating.current else SUPERSEDED
    if scheme is None or missing:
        return _without_way(rating, missing or NO_RULES)
    rules = rules_of_ratings([rating], scheme)[rating.pk]
    path = path_to_next_star(rules, windows_of([rating]).get(rating.pk, []))
    # Where rank bands are open the others have moved on; otherwise the same facts must give the same outcome.
    if (path.current or "") != rating.outcome and not path.provided:
        return _without_way(rating, CHANGING)
    return path


def _without_way(rating: Rating, missing: str) -> Path:
    return Path(rating.outcome or None, None, (), proven=True, at_least=0, missing=missing)


def _sentence(path: Path) -> str:
    condition = f", {path.provided}" if path.provided else ""
    if path.missing == BEST:
        return "This is the best level there is."
    if path.missing:
        return f"No standard leads to a better level. What is missing: {path.missing}."
    count = len(path.standards)
    which = "this one standard" if count == 1 else f"these {count} standards"
    return f"Had {which} been met in every visit that counts, the outcome would have been {path.reached}{condition}."


def _proof(path: Path) -> str:
    if not path.standards:
        return ""
    if path.proven:
        return "No smaller set does it." if len(path.standards) > 1 else "Nothing less does it."
    return (
        f"None of them can be left out. Whether a smaller set exists was not settled: "
        f"none with fewer than {path.at_least} does it."
    )
