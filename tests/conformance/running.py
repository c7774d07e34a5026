"""Running scenarios one after the other with the phone emulator as the client."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from tests.conformance.faults import Link as LinkState
from tests.conformance.judging import judge_client
from tests.conformance.proxy import Proxy
from tests.conformance.report import Outcome, Report
from tests.conformance.scenarios import Scenario
from tests.conformance.stage import NotStaged, Stage
from tests.conformance.trial import Trial
from tests.phone import Link, NoAnswer, Phone


def run(
    stage: Stage, scenarios: Iterable[Scenario], *, seed: int = 0, tell: Callable[[Outcome], None] = print
) -> Report:
    """Every scenario in turn on a server; `tell` hears of each when it is done."""
    proxy = Proxy(stage.server).start()
    phone = Phone(proxy.url, seed=seed or int(datetime.now(UTC).timestamp()), sleep=lambda _seconds: None)
    login = stage.logins["auditor"]
    phone.sign_in(login.username, login.password)
    straight = Link(stage.server, phone.link.token)
    report = Report(stage.server)
    try:
        for scenario in scenarios:
            outcome = _one(scenario, Trial(proxy, stage, phone, straight))
            report.outcomes.append(outcome)
            tell(outcome)
    finally:
        phone.link.close()
        straight.close()
        proxy.stop()
    return report


def _one(scenario: Scenario, trial: Trial) -> Outcome:
    outcome = Outcome(scenario.name, scenario.says)
    if missing := [role for role in scenario.needs if not trial.stage.can(role)]:
        outcome.state, outcome.faults = "not run", [f"nobody was named who is a {role}" for role in missing]
        return outcome
    trial.proxy.use(LinkState())
    try:
        scenario.act(trial)
    except NotStaged as reason:
        outcome.state, outcome.faults = "not run", [str(reason)]
        return outcome
    except (NoAnswer, AssertionError, KeyError, TypeError, ValueError) as error:
        trial.faults.append(f"{type(error).__name__}: {error}")
    if scenario.name != "other-bytes":
        outcome.client = judge_client(trial.proxy.exchanges)
        trial.faults += [f"phone: {one.rule}: {one.told}" for one in outcome.client if one.kept is False]
    outcome.faults, outcome.figures = trial.faults, trial.figures
    outcome.state = "failed" if trial.faults else "passed"
    return outcome
