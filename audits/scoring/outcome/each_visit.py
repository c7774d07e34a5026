"""One value of a scheme for every visit by itself: what spreads, intervals and trends are worked out from."""

from collections.abc import Sequence

import msgspec

from audits.scoring.outcome.many import evaluate_many
from audits.scoring.outcome.result import Figure
from audits.scoring.outcome.visits import Visit, part_of_visit
from standards.spec.scheme.document import Scheme


def value_of_each(scheme: Scheme, visits: Sequence[Visit], name: str) -> list[Figure]:
    """The figure `name` (a value of the scheme, or a part) of each visit alone; None where it is absent."""
    if not visits:
        return []
    known = {value.name for value in scheme.values}
    if name not in known:
        return [part_of_visit(visit, name) for visit in visits]
    bare = msgspec.structs.replace(scheme, unless=(), decide=None, adjust=(), peers=None, visits=None)
    names = [part for part in bare.part_names() if not part.endswith("*")]
    prefixes = tuple(part[:-1] for part in bare.part_names() if part.endswith("*"))
    names += sorted({n for v in visits for n in (*v.parts, *v.pairs) if prefixes and n.startswith(prefixes)})
    columns = {part: [part_of_visit(visit, part) for visit in visits] for part in names}
    table = evaluate_many(bare, columns)
    return [table.value(name, row) for row in range(len(visits))]
