"""One figure of each of many visits, without outcome, steps or explanation."""

from collections.abc import Iterable

from audits.scoring.outcome.figures import work_out_behind
from audits.scoring.outcome.lookup import Lookup
from audits.scoring.outcome.result import Figure
from audits.scoring.outcome.visits import Visit, part_of
from standards.spec.scheme.document import Scheme


def value_of_each(scheme: Scheme, visits: Iterable[Visit], name: str) -> list[Figure]:
    """Return a part or value of each visit by itself, in the order given; None where it is absent."""
    if all(value.name != name for value in scheme.values):
        return [part_of(visit, name) for visit in visits]
    wanted = [part for part in scheme.part_names() if not part.endswith("*")]
    prefixes = tuple(part[:-1] for part in scheme.part_names() if part.endswith("*"))
    found: list[Figure] = []
    for visit in visits:
        names = {*wanted, *(part for part in (*visit.parts, *visit.pairs) if prefixes and part.startswith(prefixes))}
        lookup = Lookup(scheme, {part: part_of(visit, part) for part in names})
        work_out_behind(name, lookup)
        found.append(lookup.find(name))
    return found
