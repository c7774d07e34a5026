"""The conformance kit against the real server, with the phone emulator as the client: everything passes."""

import json

import pytest

from standards.spec.checklist import Standard
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist
from tests.conformance.__main__ import main

STANDARDS = 900


@pytest.fixture
def logins(live, cast, tmp_path):
    """Aurora's programme with a checklist of 900 standards, and a file that says who plays which part."""
    standards = tuple(
        Standard(f"ARR-{number:03}", "ARR", "It was as it should be.", classification="courtesy", tags=("service",))
        for number in range(STANDARDS)
    )
    version = publish_directly(cast.aurora, small_checklist(standards=standards))
    programme_of(version, scheme_in_force(cast.aurora), automatic_acceptance=False)
    people = {"auditor": "ada", "planner": "paul", "reviewer": "rita", "publisher": "cora"}
    parts = {role: {"username": name, "password": name.upper()} for role, name in people.items()}
    file = tmp_path / "logins.json"
    file.write_text(json.dumps(parts))
    return file


def test_the_server_passes_every_scenario(live, logins, tmp_path, capsys):
    report = tmp_path / "report.json"
    code = main(["server", "--server", live.url, "--logins", str(logins), "--json", str(report)])
    found = json.loads(report.read_text())
    states = {one["name"]: (one["state"], one["faults"]) for one in found["scenarios"]}
    assert {name: state for name, state in states.items() if state != ("passed", [])} == {}
    assert code == 0
    assert "passed   dying-link" in capsys.readouterr().out
    (dying,) = [one["figures"] for one in found["scenarios"] if one["name"] == "dying-link"]
    assert dying["content bytes"] > 60 * 250_000
    assert dying["deaths"] >= 3
    assert dying["carried per byte"] <= 1.2


def test_a_scenario_that_nobody_can_set_up_is_not_called_passed(live, logins, capsys):
    parts = json.loads(logins.read_text())
    logins.write_text(json.dumps({"auditor": parts["auditor"]}))
    assert main(["server", "--server", live.url, "--logins", str(logins), "--only", "nothing-wrong"]) == 2
    assert "not run  nothing-wrong" in capsys.readouterr().out
