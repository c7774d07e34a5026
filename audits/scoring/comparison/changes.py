"""Whether shares changed from one period to the next, looked at for many standards at once."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from audits.scoring.comparison.discoveries import FALSE_DISCOVERIES, Verdicts, discovered


def changed_shares(
    failed: ArrayLike,
    applied: ArrayLike,
    failed_before: ArrayLike,
    applied_before: ArrayLike,
    *,
    rate: float = FALSE_DISCOVERIES,
) -> Verdicts:
    """Which shares of answers not met differ between two periods, from counts (standards,); 1 is worse, -1 better.

    Two proportions with Yates' correction for continuity (Yates, Contingency Tables Involving Small Numbers and the χ²
    Test, JRSS Supplement 1, 1934), close to Fisher's exact test and never bolder, then Benjamini & Hochberg over all
    standards: the biggest of nine hundred differences is large by chance alone. NaN where a period has no answers.
    """
    now, many = np.asarray(failed, dtype=float), np.asarray(applied, dtype=float)
    before, many_before = np.asarray(failed_before, dtype=float), np.asarray(applied_before, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = now / many - before / many_before
        shared = (now + before) / (many + many_before)
        each = 1 / many + 1 / many_before
        distance = np.maximum(np.abs(difference) - each / 2, 0) / np.sqrt(shared * (1 - shared) * each)
    p_values = np.where((many == 0) | (many_before == 0), np.nan, 2 * ndtr(-np.nan_to_num(distance, nan=0.0)))
    return Verdicts(np.where(discovered(p_values, rate=rate), np.sign(difference), 0).astype(np.int64), p_values)
