"""The database's side of `make chaos`: plans the visits before, and reads what became of them afterwards.

python -m benchmarks.chaos_world plan NUMBER FILE     one JSON line per visit: id, token, place, body
python -m benchmarks.chaos_world tell FILE            what the database holds now, as JSON
"""

import json
import sys
import uuid
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

# Sets Django up; the models can be imported only after it.
from benchmarks.receiving_world import BRANCHES, make_world  # isort: skip

from audits.models import Audit, Dirty, Observation, Quarantine, Rating, Score, Submission  # isort: skip

STANDARDS, SECTIONS = 40, 4


def body_of(
    assignment: str, checklist: str, scope: str, keys: list[str], kinds: list[str], day: date
) -> tuple[str, bytes]:
    """A submission with random answers, the same for the same assignment."""
    draw = Random(assignment)
    makers = {"measure": lambda: draw.choice([30, 90]), "scale": lambda: draw.randint(0, 10)}
    answers = {
        key: makers.get(kind, lambda: draw.choices(["met", "not_met", "na"], [70, 20, 10])[0])()
        for key, kind in zip(keys, kinds, strict=True)
    }
    name = str(uuid.UUID(int=draw.getrandbits(128), version=4))
    body = {"format": 1, "id": name, "assignment": assignment, "checklist": checklist, "scope": scope}
    body |= {"outcome": "completed", "reason": None, "visited_on": day.isoformat(), "language": "en", "instances": []}
    body |= {"answers": answers, "comments": {}, "evidence": [], "replaces": None, "query_replies": []}
    return name, json.dumps(body).encode()


def plan(number: int, file: Path) -> None:
    """Plan so many visits, spread evenly over the branches, and write down what the phones will send."""
    with file.open("w") as lines:
        made = make_world(number, standards=STANDARDS, sections=SECTIONS, body=body_of)
        for i, (name, token, body) in enumerate(made):
            line = {"id": name, "token": token, "place": f"L{i % BRANCHES}", "body": body.decode()}
            lines.write(json.dumps(line) + "\n")


def tell(file: Path) -> None:
    """Write down what the database holds."""
    states: dict[str, int] = {}
    for state in Audit.objects.values_list("state", flat=True):
        states[state] = states.get(state, 0) + 1
    ratings = Rating.objects.filter(current=True).values_list("location__code", "exact", "visits")
    content: dict[str, Any] = {
        "submissions": {str(pk): bytes(digest).hex() for pk, digest in Submission.objects.values_list("pk", "digest")},
        "observations": Observation.objects.count(),
        "scored": Score.objects.values("observation__submission_id").distinct().count(),
        "scores": Score.objects.count(),
        "quarantined": Quarantine.objects.count(),
        "audits": states,
        "ratings": {place: [exact, visits] for place, exact, visits in ratings},
        "dirty": list(Dirty.objects.values_list("key", flat=True)[:20]),
    }
    file.write_text(json.dumps(content))


if __name__ == "__main__":
    if sys.argv[1] == "plan":
        plan(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        tell(Path(sys.argv[2]))
