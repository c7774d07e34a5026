"""The figure that decides, and what it is for each visit by itself."""

from collections.abc import Mapping

import numpy as np

from audits.scoring.outcome import Column
from audits.scoring.outcome.quick import floors_of_each
from standards.spec.scheme import Scheme
from standards.spec.scheme.document import Direct, Grid

# Values of single visits are kept in 10^-4 points: what intervals and trends are worked out from.
POINT = 10_000


def deciding_value(scheme: Scheme) -> str:
    """The name of the figure that decides: of the peers, the direct value, the grid's first column; else the whole."""
    if scheme.peers:
        return scheme.peers.value
    if isinstance(scheme.decide, Direct):
        return scheme.decide.name
    if isinstance(scheme.decide, Grid):
        return scheme.decide.columns[0]
    return "whole"


def lower_is_better(scheme: Scheme) -> bool:
    """Whether the deciding value counts what is wrong: bands given by `at_most`, or the lowest ranks best."""
    return getattr(scheme.decide, "compare", "") == "at_most" or bool(scheme.peers and scheme.peers.best == "low")


def values_of(scheme: Scheme, parts: Mapping[str, Column]) -> tuple[np.ndarray, np.ndarray]:
    """The deciding value of each visit by itself in 10^-4 points, rounded down (int64), and where there is one."""
    return floors_of_each(scheme, parts, deciding_value(scheme), POINT)
