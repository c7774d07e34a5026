"""The command line of the kit."""

import argparse
import contextlib
import sys
import time
from pathlib import Path

from tests.conformance.faults import Link
from tests.conformance.judging import judge_client
from tests.conformance.proxy import Proxy
from tests.conformance.report import Outcome, client_text
from tests.conformance.running import run
from tests.conformance.scenarios import SCENARIOS, Scenario
from tests.conformance.stage import Stage, read_logins

ABOUT = """Holds servers and phone apps against the phone protocol, over a link that breaks in known ways.

  list     what can be tried
  server   a phone that is known to be right delivers to your server; exit code 1 where anything is not as it should be
  client   your app delivers through this proxy to a server that is known to be right; exit code 1 where it broke a rule
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code: 0 all is well, 1 something is not, 2 nothing could be judged."""
    chosen = _parser().parse_args(arguments)
    if chosen.command == "list":
        for one in SCENARIOS.values():
            print(f"{one.name:24} {one.says}" + (f"\n{'':24} by hand: {one.by_hand}" if one.by_hand else ""))
        return 0
    return _server(chosen) if chosen.command == "server" else _client(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.conformance", description=ABOUT)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="name the scenarios")
    server = commands.add_parser("server", help="try a server with the phone emulator")
    server.add_argument("--server", required=True, help="its address, http://host:port")
    server.add_argument(
        "--logins",
        type=Path,
        required=True,
        help='JSON: {"auditor": {"username": …, "password": …}, "planner": …, "reviewer": …, "publisher": …}; or the '
        "demo's var/demo_logins.json. Scenarios that need somebody who is not named are reported as not run",
    )
    server.add_argument("--component", default="", help="code of the component that visits are planned of")
    server.add_argument("--only", nargs="+", choices=SCENARIOS, metavar="SCENARIO", help="these scenarios")
    server.add_argument("--without", nargs="+", choices=SCENARIOS, metavar="SCENARIO", default=[], help="not these")
    server.add_argument("--json", type=Path, help="write the report there too")
    client = commands.add_parser("client", help="stand between a phone app and a server")
    client.add_argument("--server", required=True, help="address of the server behind the proxy")
    client.add_argument("--scenario", required=True, choices=SCENARIOS, metavar="SCENARIO")
    client.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (0.0.0.0 for a phone in the same network)"
    )
    client.add_argument("--port", type=int, default=8899, help="port to listen on")
    client.add_argument("--seconds", type=float, default=0, help="stop after so long; otherwise with Ctrl-C")
    return parser


def _server(chosen: argparse.Namespace) -> int:
    def tell(outcome: Outcome) -> None:
        print(f"  {outcome.state:8} {outcome.name}", file=sys.stderr, flush=True)

    wanted = [SCENARIOS[name] for name in (chosen.only or SCENARIOS) if name not in chosen.without]
    report = run(Stage(chosen.server, read_logins(chosen.logins), chosen.component), wanted, tell=tell)
    print(report.text())
    if chosen.json:
        chosen.json.write_text(report.json(), encoding="utf-8")
    if report.failed:
        return 1
    return 0 if any(one.state == "passed" for one in report.outcomes) else 2


def _client(chosen: argparse.Namespace) -> int:
    scenario: Scenario = SCENARIOS[chosen.scenario]
    proxy = Proxy(chosen.server, host=chosen.host, port=chosen.port).start()
    proxy.use(Link(planned=scenario.planned, **(scenario.state or {})))
    print(f"{scenario.name}: {scenario.says}\nLet the app deliver a visit with photos to {proxy.url}; Ctrl-C ends it.")
    if scenario.by_hand:
        print(f"By hand: {scenario.by_hand}.")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        time.sleep(chosen.seconds or 86_400)
    proxy.stop()
    verdicts = judge_client(proxy.exchanges)
    print(client_text(verdicts))
    if any(one.kept is False for one in verdicts):
        return 1
    return 0 if any(one.kept for one in verdicts) else 2


if __name__ == "__main__":
    sys.exit(main())
