"""What a run found: as text for people, as JSON for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from tests.conformance.judging import Verdict


@dataclass
class Outcome:
    """One scenario: passed, failed, or not run (nobody to play a part, or nothing to judge)."""

    name: str
    says: str
    state: str = "passed"
    faults: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    client: list[Verdict] = field(default_factory=list)


@dataclass
class Report:
    """All scenarios of a run."""

    server: str
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything is not as the protocol says."""
        return any(one.state == "failed" for one in self.outcomes)

    def text(self) -> str:
        """One line per scenario, what is wrong below it, and a sum."""
        lines = [f"Phone protocol against {self.server}", ""]
        for one in self.outcomes:
            lines += [f"  {one.state:8} {one.name:24} {one.says}", *(f"           ! {fault}" for fault in one.faults)]
            lines += [f"           {name}: {value:g}" for name, value in one.figures.items()]
        counts = {state: sum(one.state == state for one in self.outcomes) for state in ("passed", "failed", "not run")}
        return "\n".join([*lines, "", ", ".join(f"{count} {state}" for state, count in counts.items())])

    def json(self) -> str:
        """The same for programs."""
        outcomes = [asdict(one) for one in self.outcomes]
        return json.dumps({"server": self.server, "failed": self.failed, "scenarios": outcomes}, indent=1)


def client_text(verdicts: Sequence[Verdict]) -> str:
    """The rules a client was held against, one per line."""
    words = {True: "kept", False: "BROKEN", None: "not seen"}
    lines = [
        f"  {words[one.kept]:9} {one.rule}" + (f"\n            ! {one.told}" if one.told else "") for one in verdicts
    ]
    return "\n".join(lines)
