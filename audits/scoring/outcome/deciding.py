"""The one figure that decides, and whether a greater one is better: what leagues order by and gains are measured in."""

from standards.spec.scheme.document import Direct, Grid, Scheme


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
