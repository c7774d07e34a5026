"""Groups of branches beside each other, and how steady their branches are, part by part."""

from collections.abc import Sequence
from dataclasses import dataclass

from audits.models import GroupRating
from audits.results.asking import Asked
from audits.scoring.comparison import NO_GROUP, too_close_to_call
from chains.models import LocationGroup, User


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group in the league of groups; `ties` as in the league of branches."""

    rank: int
    group: LocationGroup
    rating: GroupRating
    ties: Sequence[int]


def group_lines(user: User, asked: Asked, *, kind: str) -> list[GroupLine]:
    """The groups of one kind that `user` may see, best first; equal scores share the better rank.

    Ranks count the groups that `user` may see. A branch may be in several groups: regions hold the regions below them.
    """
    rows = list(
        GroupRating.objects.visible_to(user)
        .filter(series=asked.series, period_start=asked.period.start, group__kind=kind)
        .select_related("group")
        .order_by("-sort_key", "group__name", "pk")
    )
    known = [row for row in rows if row.low_tenths is not None and row.high_tenths is not None]
    close = too_close_to_call([row.low_tenths for row in known], [row.high_tenths for row in known])
    ties = {row.pk: close.groups_of(place) for place, row in enumerate(known) if close.first[place] != NO_GROUP}
    lines: list[GroupLine] = []
    for place, row in enumerate(rows, start=1):
        assert row.group is not None
        rank = lines[-1].rank if lines and lines[-1].rating.sort_key == row.sort_key else place
        lines.append(GroupLine(rank, row.group, row, ties.get(row.pk, ())))
    return lines


def kinds_of(user: User, asked: Asked) -> list[str]:
    """The kinds of groups with a rating in this period, in the order of `LocationGroup.Kind`."""
    rows = GroupRating.objects.visible_to(user).filter(
        series=asked.series, period_start=asked.period.start, group__isnull=False
    )
    there = set(rows.values_list("group__kind", flat=True).distinct())
    return [kind for kind in LocationGroup.Kind.values if kind in there]


def whole_of(user: User, asked: Asked) -> GroupRating | None:
    """The rating of the group asked about, or of the whole chain; None where there is none or `user` may not see it."""
    rows = GroupRating.objects.visible_to(user).select_related("group")
    found: GroupRating | None = rows.filter(
        series=asked.series, period_start=asked.period.start, group=asked.group
    ).first()
    return found


@dataclass(frozen=True, slots=True)
class Steadiness:
    """One part over the branches of a group, in tenths of a point; None where there is too little to say.

    `within` is how far visits usually lie from the mean of their own branch, `between` how far branches truly lie from
    each other, `reliability` how much of what sets two single visits apart is the branch (per cent).
    """

    part: str
    mean: int
    within: int | None
    between: int | None
    reliability: int | None


def steadiness_of(rating: GroupRating) -> list[Steadiness]:
    """Every part of a group's rating, sorted by name."""
    return [Steadiness(part, *figures) for part, figures in sorted(rating.parts.items())]
