"""One figure of each of many visits, without outcome, steps or explanation."""

from collections.abc import Sequence

import msgspec

from audits.scoring.outcome.many import evaluate_many
from audits.scoring.outcome.result import Figure
from audits.scoring.outcome.visits import Visit, part_of
from standards.spec.scheme.document import Scheme


def value_of_each(scheme: Scheme, visits: Sequence[Visit], name: str) -> list[Figure]:
    """Return a part or value of each visit by itself, in the order given; None where it is absent.

    A streak looks at several visits: of one by itself it is absent.
    """
    if not visits or all(value.name != name for value in scheme.values):
        return [part_of(visit, name) for visit in visits]
    wanted = {part for part in scheme.part_names() if not part.endswith("*")}
    prefixes = tuple(part[:-1] for part in scheme.part_names() if part.endswith("*"))
    if prefixes:
        wanted |= {part for v in visits for part in (*v.parts, *v.pairs) if part.startswith(prefixes)}
    figures_only = msgspec.structs.replace(scheme, unless=(), decide=None, adjust=(), peers=None, visits=None)
    table = evaluate_many(figures_only, {part: [part_of(visit, part) for visit in visits] for part in sorted(wanted)})
    return [table.value(name, row) for row in range(len(visits))]
