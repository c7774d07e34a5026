"""Rank bands as plain comparisons: with frozen cuts, or with all other branches standing still."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from audits.scoring.next_star.front import OutOfShape
from audits.scoring.outcome.peers import CutPoints, GroupCuts, Member, small_outcome
from audits.scoring.outcome.result import Part
from audits.scoring.outcome.rounding import rounded
from standards.spec.scheme.document import Condition, Peers, Row, Rows, Scheme, Test
from standards.spec.scheme.reach import decided_outcomes


class NoCuts(Exception):
    """The branch waits for the cut points of its peer group."""


def without_peers(
    scheme: Scheme, parts: Mapping[str, Part], *, cuts: CutPoints | None, others: Sequence[Member] | None
) -> Scheme:
    """The scheme for this branch with its rank bands written as rows; as it is where it has none.

    Raises NoCuts where neither cuts nor other branches are known, OutOfShape where decide takes part in the ranking.
    """
    peers = scheme.peers
    if peers is None:
        return scheme
    group = parts.get(peers.group) if peers.group else ""
    name = "" if group is None else str(group)
    if others is not None:
        own = [value for _, theirs, value in others if theirs == name or not peers.group]
        rows = _rows(scheme, peers, (len(own) + 1, len(others) + 1))
        if isinstance(rows, bool):
            rows = _rows_among(peers, own if rows else [value for _, _, value in others])
    elif cuts is not None:
        found = cuts.groups.get(name, GroupCuts(0, ())) if peers.group else cuts.everyone
        rows = _rows(scheme, peers, (found.members, cuts.everyone.members))
        if isinstance(rows, bool):
            rows = _rows_from(peers, found if rows else cuts.everyone)
    else:
        raise NoCuts
    if rows is None:
        return msgspec.structs.replace(scheme, peers=None)
    if not decided_outcomes(scheme) <= set(scheme.levels):
        raise OutOfShape("what decide gives besides levels is never ranked")
    return msgspec.structs.replace(scheme, peers=None, decide=Rows(rows), adjust=())


def _rows(scheme: Scheme, peers: Peers, sizes: tuple[int, int]) -> tuple[Row, ...] | bool | None:
    """Whether the own group ranks (True) or everybody (False); a fixed row, or None for decide, in small groups."""
    own, everybody = sizes
    if own >= peers.at_least_members and own:
        return True
    if peers.small not in ("wider", "bands"):
        return (Row(small_outcome(scheme), _present(peers)),)
    if peers.small == "bands" or everybody < peers.at_least_members or not everybody:
        return None
    return False


def _rows_from(peers: Peers, cuts: GroupCuts) -> tuple[Row, ...]:
    rows: list[Row] = []
    for cut in cuts.cuts:
        if cut.everybody:
            return (*rows, Row(cut.level, _present(peers)))
        if cut.limit is not None:
            rows.append(Row(cut.level, _reaching(peers, cut.limit, strictly=False)))
    return tuple(rows)


def _rows_among(peers: Peers, others: Sequence[Fraction | int]) -> tuple[Row, ...]:
    """The rows for one branch among others that stand still: how many of them may be better at each level."""
    ranked = sorted((Fraction(value) for value in others), reverse=peers.best == "high")
    rows: list[Row] = []
    share = Fraction(0)
    for level, percent in peers.shares:
        share += percent
        place = int(rounded(Fraction(len(ranked) + 1) * share / 100, peers.cut, 0))
        if place > len(ranked):
            return (*rows, Row(level, _present(peers)))
        if place > 0:
            rows.append(Row(level, _reaching(peers, ranked[place - 1], strictly=peers.ties == "worse")))
    return tuple(rows)


def _present(peers: Peers) -> Condition:
    return Condition(tests=(Test(peers.value, "absent", False),))


def _reaching(peers: Peers, limit: Fraction, *, strictly: bool) -> Condition:
    high = peers.best == "high"
    operator = ("above" if strictly else "at_least") if high else ("below" if strictly else "at_most")
    return Condition(tests=(Test(peers.value, operator, limit),))
