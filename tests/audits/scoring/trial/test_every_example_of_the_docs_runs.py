"""docs/schemes.md: each scheme, table and command on the page gives what the page says."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import call_command

PAGE = Path(__file__).parents[4] / "docs" / "schemes.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
KINDS = [kind for kind, _ in BLOCKS]
EXAMPLES = [tuple(text for _, text in BLOCKS[place : place + 3]) for place in range(0, len(BLOCKS), 3)]


def test_the_page_is_made_of_scheme_table_and_command() -> None:
    assert len(EXAMPLES) == 12
    assert ["yaml", "csv", "console"] * len(EXAMPLES) == KINDS


@pytest.mark.parametrize(("scheme", "table", "console"), EXAMPLES)
def test_example(
    scheme: str,
    table: str,
    console: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("scheme.yaml").write_text(scheme, encoding="utf-8")
    Path("table.csv").write_text(table, encoding="utf-8")
    commands = re.split(r"^\$ manage\.py ", console, flags=re.MULTILINE)[1:]
    assert commands
    for command in commands:
        asked, printed = command.split("\n", 1)
        with pytest.raises(SystemExit) as left:
            call_command(*shlex.split(asked))
        assert capsys.readouterr().out == printed
        assert left.value.code == 0
