"""Honest comparison of branches: intervals, rank ranges, verdicts and steadiness, each with its source.

Everything takes plain numpy arrays and gives arrays back, deterministic and fast enough for ten thousand branches.
"""

from audits.scoring.comparison.changes import changed_shares
from audits.scoring.comparison.closeness import NO_GROUP, Closeness, too_close_to_call
from audits.scoring.comparison.consistency import Consistency, consistency, consistency_of_sums
from audits.scoring.comparison.discoveries import Verdicts, against_the_rest, discovered
from audits.scoring.comparison.groups import group_interval
from audits.scoring.comparison.intervals import Intervals, beta_intervals, pooled_dispersion
from audits.scoring.comparison.league import League, compare
from audits.scoring.comparison.ranks import RankRanges, joint_rank_ranges, rank_ranges, ranks
from audits.scoring.comparison.trends import LEAST_VISITS, handed_over, trends
from audits.scoring.comparison.visits import Branches, by_branch

__all__ = [
    "LEAST_VISITS",
    "NO_GROUP",
    "Branches",
    "Closeness",
    "Consistency",
    "Intervals",
    "League",
    "RankRanges",
    "Verdicts",
    "against_the_rest",
    "beta_intervals",
    "by_branch",
    "changed_shares",
    "compare",
    "consistency",
    "consistency_of_sums",
    "discovered",
    "group_interval",
    "handed_over",
    "joint_rank_ranges",
    "pooled_dispersion",
    "rank_ranges",
    "ranks",
    "too_close_to_call",
    "trends",
]
