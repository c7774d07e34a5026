"""The scenarios: what happens to the link or around the phone, and what must be true of phone and server afterwards."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conformance import faults
from tests.conformance.faults import EVIDENCE, SUBMISSION, Planned
from tests.conformance.trial import Act, Trial
from tests.phone import NoAnswer, Phone, Sealed

YEAR = timedelta(days=365)
# Over a link that dies every so often, all of a visit may cost this much of its content's bytes.
MOST_PER_BYTE = 1.2


@dataclass(frozen=True)
class Scenario:
    """`by_hand` is what a person does while an app delivers through the proxy; empty where the link does it all."""

    name: str
    says: str
    act: Act
    planned: tuple[Planned, ...] = ()
    state: dict[str, int] | None = None
    needs: tuple[str, ...] = ()
    by_hand: str = ""


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    name: str, says: str, *planned: Planned, needs: tuple[str, ...] = (), by_hand: str = "", **state: int
) -> Any:
    """Enter a function as a scenario."""

    def enter(act: Act) -> Act:
        SCENARIOS[name] = Scenario(name, says, act, planned, state, needs, by_hand)
        return act

    return enter


def over_the_link(name: str, says: str, *planned: Planned, tries: int = 0, **state: int) -> None:
    """A scenario in which nothing but the link is wrong: one visit with two photos must arrive all the same.

    `tries` is how often the submission has to be sent, where that follows from the fault.
    """

    def act(trial: Trial) -> None:
        sealed = trial.seal(trial.work(), photos=2)
        trial.break_link(*planned, **state)
        trial.deliver(sealed)
        trial.expect(not tries or sealed.tries == tries, f"{sealed.tries} tries instead of {tries}")
        used = [one for one in trial.proxy.exchanges if one.fault]
        trial.expect(len(used) == len(planned), f"only {len(used)} of {len(planned)} faults struck")

    SCENARIOS[name] = Scenario(name, says, act, planned, state)


def _both(fault: faults.Fault) -> tuple[Planned, Planned]:
    return Planned(SUBMISSION, fault), Planned(EVIDENCE, fault)


over_the_link("nothing-wrong", "a visit with two photos on a good link", tries=1)
over_the_link("duplicate", "every request reaches the server twice", *_both(faults.DUPLICATE), tries=1)
over_the_link("reorder", "a request arrives after the one that was sent in its stead", *_both(faults.LATE), tries=2)
over_the_link("drop-response", "the server keeps it, its answer is lost", *_both(faults.DROP_RESPONSE), tries=2)
over_the_link("refused", "the connection breaks before a byte has passed", *_both(faults.REFUSE), tries=2)
over_the_link("cut-at-once", "the link dies before the first byte of a body", *_both(faults.cut(0)), tries=2)
over_the_link("cut-in-the-middle", "the link dies within a body", *_both(faults.cut(300)), tries=2)
over_the_link("cut-answer", "the link dies within the answer", *_both(faults.cut_response(20)), tries=2)
over_the_link("captive-portal", "a sign-in page answers 200 to everything", *_both(faults.PORTAL_PAGE), tries=2)
over_the_link("captive-portal-json", "a portal answers 200 with JSON of its own", *_both(faults.PORTAL_JSON), tries=2)
over_the_link("captive-portal-redirect", "a portal redirects elsewhere", *_both(faults.PORTAL_REDIRECT), tries=2)
over_the_link("gateway-busy", "a gateway answers 503", *_both(faults.answered(503)), tries=2)
over_the_link("gateway-refuses", "a gateway answers 403 with a page of its own", *_both(faults.answered(403)), tries=2)
over_the_link("torn", "a byte of the submission and of a photo arrives changed", *_both(faults.torn(150)), tries=2)
over_the_link("slow", "400 kB a second", tries=1, bytes_a_second=400_000)
over_the_link("clock-ahead", "to the phone the server's clock is a year ahead", tries=1, clock_ahead=365 * 86_400)


@scenario("last-byte", "all but the last byte arrives, then the link dies")
def _(trial: Trial) -> None:
    sealed = trial.seal(trial.work())
    (file,) = sealed.evidence.values()
    trial.break_link(
        Planned(SUBMISSION, faults.cut(len(sealed.body) - 1)), Planned(EVIDENCE, faults.cut(len(file) - 1))
    )
    trial.deliver(sealed)


@scenario("phone-clock-off", "the phone's own clock is a year behind")
def _(trial: Trial) -> None:
    wall = (datetime.now(UTC) - YEAR).isoformat(timespec="milliseconds")
    clock = {"segments": [{"run": "1", "wall": wall, "mono_ms": 0}], "position": None}
    trial.deliver(trial.seal(trial.work(), clock=clock))


@scenario("photos-first", "photos come before their submission")
def _(trial: Trial) -> None:
    sealed = trial.seal(trial.work(), photos=2)
    for name, content in sealed.evidence.items():
        trial.phone.put_evidence(sealed.id, name, content)
    trial.deliver(sealed)


@scenario("missing-photo", "a submission is not complete before its photo is there, or given up as lost")
def _(trial: Trial) -> None:
    sealed = trial.seal(trial.work(), photos=2)
    kept, lost = sealed.evidence
    trial.phone.put_evidence(sealed.id, kept, sealed.evidence[kept])
    trial.phone.put_once(sealed)
    missing = trial.phone.ask_status(sealed.id)["missing_evidence"]
    trial.expect(missing == [str(lost)], f"missing_evidence is {missing}")
    trial.phone.link.send_json("POST", f"submissions/{sealed.id}/evidence/{lost}/lost", {"reason": "card broken"})
    trial.expect(trial.phone.ask_status(sealed.id)["missing_evidence"] == [], "a lost file is still awaited")


@scenario(
    "other-bytes", "other bytes under a known id are kept beside the first", by_hand="send other bytes under an id"
)
def _(trial: Trial) -> None:
    work = trial.work()
    sealed = trial.deliver(trial.seal(work))
    other = Sealed(sealed.id, sealed.body.replace(b'"language":"en"', b'"language":"de"'))
    trial.problem(trial.phone.put_once(other), 409, "submission-conflict")
    trial.is_whole(sealed)
    name, content = next(iter(sealed.evidence.items()))
    trial.problem(trial.phone.put_evidence(sealed.id, name, content + b"2"), 409, "evidence-conflict")
    trial.is_whole(sealed)
    if trial.stage.can("reviewer"):
        found = trial.stage.quarantined(str(sealed.id))
        trial.expect(found == ["submission-conflict"], f"in quarantine: {found}")


@scenario("unreadable", "what is no submission is kept, and its id stays free for a readable one")
def _(trial: Trial) -> None:
    sealed = trial.seal(trial.work())
    trial.problem(trial.put(sealed.id, sealed.body[:-1]), 422, "submission-unreadable")
    trial.deliver(sealed)


@scenario("unknown-assignment", "work for an assignment that nobody knows is taken: judging is the office's work")
def _(trial: Trial) -> None:
    sealed = trial.seal(trial.work(), photos=0)
    body = json.loads(sealed.body) | {"assignment": str(uuid.uuid4())}
    trial.deliver(Sealed(sealed.id, json.dumps(body).encode()))


@scenario("second-phone", "another phone of the same person delivers the same file", needs=("auditor",))
def _(trial: Trial) -> None:
    sealed = trial.deliver(trial.seal(trial.work()))
    other = _another_phone(trial)
    twin = other.deliver(Sealed(sealed.id, sealed.body, sealed.evidence))
    trial.expect((twin.state, twin.receipt) == ("complete", sealed.receipt), f"the other phone ended {twin.state}")
    other.link.close()


@scenario(
    "revoked-phone",
    "a revoked phone delivers finished work and reads nothing",
    needs=("auditor",),
    by_hand="revoke the phone under My phones while it holds a finished visit",
)
def _(trial: Trial) -> None:
    sealed = trial.seal(trial.work(), photos=0)
    lost = _another_phone(trial)
    mine = lost.link.ask("GET", "devices").json()["results"]
    this = next(one["id"] for one in mine if one["this"])
    trial.stage.auditor.ask("DELETE", f"devices/{this}")
    reading = lost.link.ask("GET", "manifest").status
    trial.expect(reading == 401, f"a revoked phone reading its manifest is answered {reading}")
    answer = lost.put_once(sealed)
    receipt = (answer.json() or {}).get("receipt", "")
    trial.expect(answer.status == 202 and lost.proves(receipt, sealed), f"its delivery is answered {answer.status}")
    lost.link.close()


@scenario(
    "cancelled-visit",
    "the visit is called off while the phone is offline",
    needs=("planner",),
    by_hand="cancel the visit while the phone holds it finished",
)
def _(trial: Trial) -> None:
    sealed = trial.seal(trial.work())
    trial.stage.cancel_visit(trial.audit)
    trial.deliver(sealed)


@scenario(
    "returned-report",
    "a report comes back with a question; the correction names it and answers",
    needs=("planner", "reviewer"),
    by_hand="return the report with a question",
)
def _(trial: Trial) -> None:
    work = trial.work()
    first = trial.deliver(trial.seal(work))
    key = trial.phone.document("scopes", work["scope"])["keys"][0]
    trial.stage.return_report(str(first.id), key)
    entry = next(one for one in trial.phone.fetch_manifest() if one["id"] == work["id"])
    returned = entry["returned"] or {}
    trial.expect(returned.get("submission") == str(first.id), "the manifest does not say what was returned")
    replies = [{"query": one["id"], "text": "Quite sure.", "evidence": []} for one in returned.get("queries", [])]
    replaces = {"id": str(first.id), "digest": first.digest}
    trial.deliver(trial.seal(entry, photos=0, replaces=replaces, query_replies=replies))


def link_that_dies(*, photos: int, size: int, every: int) -> Callable[[Trial], None]:
    """A visit with so many photos over a link that dies whenever it has carried `every` bytes, either way."""

    def act(trial: Trial) -> None:
        sealed = trial.seal(trial.work(), photos=photos, size=size)
        content = len(sealed.body) + sum(map(len, sealed.evidence.values()))
        trial.break_link(dies_every=every)
        trial.phone.deliver(sealed)
        carried = trial.proxy.carried
        trial.break_link()
        trial.expect(sealed.state == "complete", f"the phone ended {sealed.state}")
        trial.is_whole(sealed)
        share = (carried.up + carried.down) / content
        trial.figures |= {"content bytes": content, "carried per byte": round(share, 4), "deaths": carried.deaths}
        trial.expect(share <= MOST_PER_BYTE, f"{share:.3f} bytes were carried for each byte of content")
        trial.expect(carried.deaths >= content // every, f"the link died only {carried.deaths} times")

    return act


SCENARIOS["dying-link"] = Scenario(
    "dying-link",
    "60 photos of 250 kB over a link that dies every 5 MB cost at most 1.2 times their bytes",
    link_that_dies(photos=60, size=250_000, every=5_000_000),
    state={"dies_every": 5_000_000},
)


SCENARIOS["large-photos"] = Scenario(
    "large-photos",
    "photos that are larger than what the link carries before it dies go up in pieces",
    link_that_dies(photos=3, size=3_000_000, every=1_500_000),
    state={"dies_every": 1_500_000},
)


@scenario("hand-over", "a second phone of the person goes on with the draft of the first", needs=("auditor", "planner"))
def _(trial: Trial) -> None:
    work = trial.work()
    sealed = trial.seal(work, photos=0)
    draft = json.dumps({"submission": str(sealed.id), "page": 3}).encode()
    path, kind = f"assignments/{work['id']}/draft", {"Content-Type": "application/json"}
    first = trial.phone.link.ask("PUT", path, draft, kind | {"If-None-Match": "*"})
    trial.expect(first.status == 201, f"the first draft is answered {first.status}")
    other = _another_phone(trial)
    found = other.link.ask("GET", path)
    trial.expect((found.status, found.body) == (200, draft), f"the other phone reads {found.status} {found.body!r}")
    unseen = other.link.ask("PUT", path, draft + b" ", kind | {"If-None-Match": "*"})
    told = (unseen.json() or {}).get("draft", "")
    trial.expect((unseen.status, told) == (412, draft.decode()), f"overwriting unseen is answered {unseen.status}")
    other.deliver(sealed)
    trial.is_whole(sealed)
    gone = trial.phone.link.ask("GET", path).status
    trial.expect(gone == 404, f"after the delivery the draft is answered {gone}")
    other.link.close()


@scenario(
    "closed-version",
    "the checklist's version is closed in the middle of the visit (no visits can be planned with it afterwards)",
    needs=("planner", "publisher"),
    by_hand="close the checklist's version while the visit is open on the phone",
)
def _(trial: Trial) -> None:
    work = trial.work()
    trial.stage.close_version(work["checklist"])
    listed = [one["checklist"] for one in trial.phone.fetch_manifest() if one["id"] == work["id"]]
    trial.expect(listed == [work["checklist"]], "the visit is gone from the manifest, or asks for another version")
    trial.deliver(trial.seal(work))


def _another_phone(trial: Trial) -> Phone:
    """A second phone of the auditor, through the same proxy."""
    phone = Phone(trial.proxy.url, seed=trial.phone.dice.getrandbits(32), sleep=lambda _seconds: None)
    login = trial.stage.logins["auditor"]
    phone.sign_in(login.username, login.password)
    return phone


__all__ = ["SCENARIOS", "NoAnswer", "Scenario", "link_that_dies"]
