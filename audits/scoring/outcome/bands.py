"""The bands of a scheme by themselves: what figures of a group of branches would be called."""

from collections.abc import Mapping
from fractions import Fraction

from audits.scoring.outcome.evaluate import evaluate
from audits.scoring.outcome.result import Outcome
from standards.spec.scheme.document import Grid, Scheme


def band_columns(scheme: Scheme) -> tuple[str, ...]:
    """The figures that the bands ask for; none where the scheme has no bands of numbers."""
    decide = scheme.decide
    if not isinstance(decide, Grid) or any(scheme.type_of(name).kind != "number" for name in decide.columns):
        return ()
    return decide.columns


def by_bands(scheme: Scheme, figures: Mapping[str, Fraction | None]) -> Outcome | None:
    """The outcome of these figures by the bands alone; None where the scheme has none.

    Caps, prerequisites and ranks speak of one subject's parts: a group has none.
    """
    columns = band_columns(scheme)
    if not columns:
        return None
    bands = Scheme(levels=scheme.levels, outcomes=scheme.outcomes, decide=scheme.decide)
    return evaluate(bands, {name: figures.get(name) for name in columns})
