"""Rank bands in a peer group: where the cuts fall, and which level a value then has.

The best level takes the best `share` percent of the n members, the next level the next, and so on: its cut is the
place n x cumulative share, rounded as the scheme says. Of members with equal values on both sides of a cut all get
the better level, or all the worse one. Cut points are values of the language (no places, no names), so they can be
frozen when a period closes and applied to a late visit.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import msgspec

from audits.scoring.outcome.result import PeerStep
from audits.scoring.outcome.rounding import rounded
from standards.spec.digest import canonical_bytes, sha256_hex
from standards.spec.scheme.document import Peers, Scheme
from standards.spec.scheme.numbers import number_text

Member = tuple[str, str, Fraction | int]  # subject, group, value


class Cut(msgspec.Struct, frozen=True):
    """A level is reached by values at least as good as `limit` (None: by nobody; `everybody`: by all)."""

    level: str
    limit: Fraction | None
    everybody: bool = False


class GroupCuts(msgspec.Struct, frozen=True):
    """The cuts of one group of `members`, best level first."""

    members: int
    cuts: tuple[Cut, ...]


class CutPoints(msgspec.Struct, frozen=True):
    """The cuts of every group and of all members together (`everyone`), with a digest of who they came from."""

    everyone: GroupCuts
    groups: Mapping[str, GroupCuts]
    members_digest: str

    def to_tree(self) -> dict[str, Any]:
        """Return plain mappings and text, to be stored when the cuts are frozen."""
        return {
            "everyone": _group_tree(self.everyone),
            "groups": {name: _group_tree(group) for name, group in self.groups.items()},
            "members_digest": self.members_digest,
        }

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> "CutPoints":
        """Read back what `to_tree` wrote."""
        groups = {name: _group_from(inner) for name, inner in tree["groups"].items()}
        return cls(_group_from(tree["everyone"]), groups, tree["members_digest"])


def _group_tree(group: GroupCuts) -> dict[str, Any]:
    cuts = [
        {
            "level": cut.level,
            "limit": None if cut.limit is None else f"{cut.limit.numerator}/{cut.limit.denominator}",
            "everybody": cut.everybody,
        }
        for cut in group.cuts
    ]
    return {"members": group.members, "cuts": cuts}


def _group_from(tree: Mapping[str, Any]) -> GroupCuts:
    cuts = (
        Cut(cut["level"], None if cut["limit"] is None else Fraction(cut["limit"]), cut["everybody"])
        for cut in tree["cuts"]
    )
    return GroupCuts(tree["members"], tuple(cuts))


def cut_points(scheme: Scheme, members: Iterable[Member]) -> CutPoints:
    """Return the cut points for members given as (subject, group, value); the order does not matter.

    Raises ValueError for a scheme without peers.
    """
    peers = _peers_of(scheme)
    listed = sorted(members)
    by_group: dict[str, list[Fraction | int]] = {}
    for _, group, value in listed:
        by_group.setdefault(group, []).append(value)
    digest = sha256_hex(canonical_bytes([[subject, group, _exact(value)] for subject, group, value in listed]))
    return CutPoints(
        everyone=_cuts(peers, [value for _, _, value in listed]),
        groups={group: _cuts(peers, values) for group, values in sorted(by_group.items())},
        members_digest=digest,
    )


def _exact(value: Fraction | int) -> str:
    return number_text(Fraction(value))


def _peers_of(scheme: Scheme) -> Peers:
    if scheme.peers is None:
        raise ValueError("this scheme has no peers piece")
    return scheme.peers


def _cuts(peers: Peers, values: list[Fraction | int]) -> GroupCuts:
    ranked = sorted(values, reverse=peers.best == "high")
    total, share, cuts = len(ranked), Fraction(0), []
    for level, percent in peers.shares:
        share += percent
        place = int(rounded(Fraction(total) * share / 100, peers.cut, 0))
        cuts.append(_cut(peers, level, ranked, place))
    return GroupCuts(total, tuple(cuts))


def _cut(peers: Peers, level: str, ranked: list[Fraction | int], place: int) -> Cut:
    """`place` members are to have this level or a better one."""
    if place >= len(ranked):
        # The last level takes whoever is left, also a late subject that is worse than all members.
        return Cut(level, None, everybody=True)
    if place <= 0:
        return Cut(level, None)
    limit = ranked[place - 1]
    if peers.ties == "worse" and ranked[place] == limit:
        better = [value for value in ranked[:place] if value != limit]
        return Cut(level, Fraction(better[-1]) if better else None)
    return Cut(level, Fraction(limit))


def peer_level(
    scheme: Scheme,
    cuts: CutPoints,
    *,
    group: str,
    value: Fraction | int | None,
    bands: str | None = None,
) -> PeerStep:
    """Return the level of a value by its group's cut points, as a step that says how it came about.

    A group with fewer than `at_least_members` falls back on everyone (`wider`), on `bands` (what decide and adjust
    gave) or on a fixed outcome; if everyone together is too few as well, on `bands`. An absent value has no level.
    Raises ValueError for a scheme without peers.
    """
    peers = _peers_of(scheme)
    if value is None:
        return PeerStep(peers.value, None, group, "none", 0, None)
    found = cuts.groups.get(group, GroupCuts(0, ())) if peers.group else cuts.everyone
    how = "group"
    if found.members < peers.at_least_members or not found.members:
        how = peers.small if peers.small in ("wider", "bands") else "outcome"
        if how == "outcome":
            return PeerStep(peers.value, value, group, how, found.members, small_outcome(scheme))
        if how == "wider":
            found = cuts.everyone
        if how == "bands" or found.members < peers.at_least_members or not found.members:
            return PeerStep(peers.value, value, group, "bands", found.members, bands)
    for cut in found.cuts:
        if cut.everybody or (cut.limit is not None and _reaches(peers, value, cut.limit)):
            return PeerStep(peers.value, value, group, how, found.members, cut.level, cut.limit)
    raise AssertionError("the last cut takes everybody")


def small_outcome(scheme: Scheme) -> str:
    """Return the outcome for a group that is too small; the word "outcome" stands for the first one listed."""
    peers = _peers_of(scheme)
    return scheme.outcomes[0] if peers.small == "outcome" else peers.small


def _reaches(peers: Peers, value: Fraction | int, limit: Fraction) -> bool:
    return value >= limit if peers.best == "high" else value <= limit
