"""The figure that decides, for each visit by itself."""

from collections.abc import Mapping

import numpy as np

from audits.scoring.outcome import Column
from audits.scoring.outcome.deciding import deciding_value
from audits.scoring.outcome.quick import floors_of_each
from standards.spec.scheme import Scheme

# Values of single visits are kept in 10^-4 points: what intervals and trends are worked out from.
POINT = 10_000


def values_of(scheme: Scheme, parts: Mapping[str, Column]) -> tuple[np.ndarray, np.ndarray]:
    """The deciding value of each visit by itself in 10^-4 points, rounded down (int64), and where there is one."""
    return floors_of_each(scheme, parts, deciding_value(scheme), POINT)
