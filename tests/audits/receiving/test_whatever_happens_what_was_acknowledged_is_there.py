"""A state machine over HTTP: whatever phones, links, the office and a dying server do, what was acknowledged is there.

Every example has people, visits and a checklist of its own, so that the database need not be emptied in between. The
model is exact: it knows for every request what must be answered, and at the end what must be stored, once.
"""

import hashlib
import json
import uuid
import zlib
from collections import Counter
from datetime import date, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from audits.models import Evidence, Quarantine, Submission
from audits.models.sent import sent_bytes
from audits.services import planning, receiving, reviewing
from chains.models import Device, Membership, User
from chains.problems import Problem
from chains.services import devices
from standards.services import publishing
from tests.audits.delivering import planned
from tests.audits.receiving.delivery import ANSWERS, written
from tests.cast import programme_of, publish_directly, scheme_in_force, small_checklist
from tests.conformance import faults
from tests.conformance.faults import Link as LinkState
from tests.conformance.faults import Planned
from tests.conformance.proxy import Proxy
from tests.phone import Answer, Link, NoAnswer
from tests.phone.link import digest_header

# SQLite flushes the disk at every commit: the same truth with fewer examples.
EXAMPLES = 200 if connection.vendor == "postgresql" else 20
STEPS = 40
PICK = st.integers(0, 5)
# What befalls a request: mostly nothing; its answer is lost; or the process dies around its commit.
LOST, DIES_BEFORE, DIES_AFTER = "lost", "die COMMIT", "die-after COMMIT"
BEFALLS = st.sampled_from(["", "", "", "", LOST, DIES_BEFORE, DIES_AFTER])


class Phones(RuleBasedStateMachine):
    """One auditor with two phones and two visits."""

    world: Any

    @initialize(dies=st.booleans(), revoked=st.sampled_from([0, 0, 1, 2]))
    def begin(self, dies: bool, revoked: int) -> None:
        """People and visits of this example; in half of the examples the server may die once, or a phone be revoked."""
        number = next(self.world.numbers)
        cast = self.world.cast
        self.without_draft, self.called_off, self.closed = [0, 1], [], False
        self.may_die, self.may_be_revoked = dies, revoked
        self.ada = User.objects.create(username=f"ada-{number}", password="!")
        Membership.objects.create(user=self.ada, role="auditor", office=cast.office)
        self.version = publish_directly(cast.aurora, small_checklist(name=f"Stay {number}"), number=number + 1)
        self.visits = [planned(self.world.component, self.version, cast.vienna, self.ada) for _ in range(2)]
        self.tokens = [self._phone(name) for name in "ab"]
        self.ended: set[str] = set()
        self.sealed: dict[uuid.UUID, bytes] = {}
        self.files: dict[tuple[uuid.UUID, uuid.UUID], bytes] = {}
        self.kept: dict[uuid.UUID, bytes] = {}
        self.receipts: dict[uuid.UUID, str] = {}
        self.quarantined: set[tuple[uuid.UUID, bytes]] = set()
        self.held: dict[tuple[uuid.UUID, uuid.UUID], bytes] = {}
        self.conflicts: set[tuple[uuid.UUID, uuid.UUID, bytes]] = set()
        self.lost: set[tuple[uuid.UUID, uuid.UUID]] = set()

    def _phone(self, name: str) -> str:
        token = f"{self.ada.username}-{name}"
        now = timezone.now()
        Device.objects.create(
            user=self.ada, install_id=name, token_sha256=hashlib.sha256(token.encode()).digest(), paired_at=now,
            last_used_at=now, expires_at=now + timedelta(days=9),
        )  # fmt: skip
        return token

    # --- what phones do ---

    @precondition(lambda self: len(self.sealed) < 3)
    @rule(visit=st.integers(0, 1), photos=st.integers(0, 2))
    def finish_a_visit(self, visit: int, photos: int) -> None:
        """Seal a submission on the phone; nothing is sent yet."""
        self._seal(self.visits[visit], photos)

    @precondition(lambda self: self.sealed)
    @rule(which=PICK, phone=st.integers(0, 1), befalls=BEFALLS)
    def put(self, which: int, phone: int, befalls: str) -> None:
        """Send one of the sealed files, for the first time or again, from either phone."""
        name = self._one_of(self.sealed, which)
        self._put(name, self.sealed[name], self.tokens[phone], befalls)

    @precondition(lambda self: self.sealed)
    @rule(which=PICK, phone=st.integers(0, 1), befalls=BEFALLS, readable=st.booleans())
    def put_other_bytes(self, which: int, phone: int, befalls: str, readable: bool) -> None:
        """Send other bytes under the id of a sealed file."""
        name = self._one_of(self.sealed, which)
        body = self.sealed[name]
        other = body.replace(b'"language":"en"', b'"language":"de"') if readable else body[:-1]
        self._put(name, other, self.tokens[phone], befalls)

    @precondition(lambda self: self.files)
    @rule(which=PICK, phone=st.integers(0, 1), befalls=BEFALLS, other=st.sampled_from([b"", b"", b"other"]))
    def put_photo(self, which: int, phone: int, befalls: str, other: bytes) -> None:
        """Send a photo, before its submission or after it, for the first time or again, or other bytes for it."""
        key = self._one_of(self.files, which)
        self._put_photo(key, self.files[key] + other, self.tokens[phone], befalls)

    @precondition(lambda self: not self.ended and self.without_draft)
    @rule(phone=st.integers(0, 1))
    def hand_over(self, phone: int) -> None:
        """Save a draft from one phone; the other one reads exactly that, and finishes the visit under the same id."""
        visit = self.visits[self.without_draft.pop()]
        path = f"assignments/{visit.pk}/draft"
        name = uuid.uuid4()
        draft = json.dumps({"submission": str(name), "answers": {"ARR-001": "met"}}).encode()
        here, there = self.tokens[phone], self.tokens[1 - phone]
        first = self._ask("PUT", path, draft, here, more={"If-None-Match": "*"})
        other = self._ask("PUT", path, draft + b" ", there, more={"If-None-Match": "*"})
        read = self._ask("GET", path, None, there)
        assert first is not None and other is not None and read is not None
        assert (first.status, other.status, read.status, read.body) == (201, 412, 200, draft)
        assert other.json()["draft"].encode() == draft
        self._seal(visit, 1, id=str(name))

    @precondition(lambda self: len(self.files) > len(self.lost))
    @rule(which=PICK)
    def declare_lost(self, which: int) -> None:
        """Say that a photo will never come."""
        key = self._one_of(self.files, which)
        answer = self._ask("POST", self._path(key) + "/lost", b'{"reason": "gone"}', self.tokens[0])
        assert answer is not None and answer.status == 200, answer
        assert answer.json()["state"] == ("held" if key in self.held else "lost")
        if key not in self.held:
            self.lost.add(key)

    @precondition(lambda self: self.kept)
    @rule(which=PICK, phone=st.integers(0, 1))
    def ask(self, which: int, phone: int) -> None:
        """Ask what has become of a delivery."""
        name = self._one_of(self.kept, which)
        answer = self._ask("GET", f"submissions/{name}", None, self.tokens[phone])
        assert answer is not None and answer.status == 200, answer
        self._check_acknowledged(name, answer.json())

    # --- what the office does meanwhile ---

    @precondition(lambda self: self.kept and len(self.sealed) < 5)
    @rule(which=PICK, photos=st.integers(0, 1))
    def return_and_replace(self, which: int, photos: int) -> None:
        """Send a report back; the phone seals a correction that names it."""
        name = self._one_of(self.kept, which)
        question = [reviewing.Question("ARR-001", "Sure?")]
        rita = self.world.cast.rita
        try:
            reviewing.return_with_queries(submission_id=name, reviewer=rita, questions=question, now=timezone.now())
        except Problem:
            return
        assignment = Submission.objects.select_related("assignment__audit").get(pk=name).assignment
        digest = hashlib.sha256(self.kept[name]).hexdigest()
        self._seal(assignment, photos, replaces={"id": str(name), "digest": digest})

    @precondition(lambda self: len(self.ended) < self.may_be_revoked)
    @rule(phone=st.integers(0, 1))
    def revoke(self, phone: int) -> None:
        """Sign a phone out."""
        device = Device.objects.get(user=self.ada, install_id="ab"[phone])
        devices.revoke(person=self.ada, device_id=device.pk, now=timezone.now())
        self.ended.add(self.tokens[phone])

    @precondition(lambda self: len(self.called_off) < 2)
    @rule(visit=st.integers(0, 1))
    def cancel(self, visit: int) -> None:
        """Call a visit off, where that is still possible."""
        self.called_off.append(visit)
        self.without_draft = [other for other in self.without_draft if other != visit]
        try:
            planning.cancel(audit_id=self.visits[visit].audit_id, now=timezone.now())
        except Problem:
            return

    @precondition(lambda self: not self.closed)
    @rule()
    def close_version(self) -> None:
        """Close the checklist's version in the middle of the visits."""
        self.closed = True
        try:
            publishing.close(version_id=self.version.pk, by=None)
        except Problem:
            return

    # --- the model ---

    def _seal(self, assignment: Any, photos: int, **members: Any) -> None:
        name = uuid.UUID(members["id"]) if "id" in members else uuid.uuid4()
        files = {uuid.uuid4(): b"\xff\xd8\xff" + uuid.uuid4().bytes * 20 for _ in range(photos)}
        content = {
            "format": 1, "id": str(name), "assignment": str(assignment.pk), "checklist": self.version.sha256,
            "scope": assignment.audit.scope.sha256, "outcome": "completed", "visited_on": date.today().isoformat(),
            "language": "en", "answers": ANSWERS,
            "evidence": [
                {"id": str(file), "for": ["ARR-001"], "type": "photo", "sha256": hashlib.sha256(b).hexdigest(),
                 "length": len(b)} for file, b in files.items()
            ],
        }  # fmt: skip
        self.sealed[name] = written(content | members)
        self.files |= {(name, file): body for file, body in files.items()}

    def _put(self, name: uuid.UUID, body: bytes, token: str, befalls: str) -> None:
        known = self.kept.get(name)
        readable = len(body) == len(self.sealed[name])
        if known == body:
            expected = 200
        elif token in self.ended:
            expected = 202
        elif known is not None:
            expected = 409
        else:
            expected = 201 if readable else 422
        answer = self._ask("PUT", f"submissions/{name}", body, token, befalls)
        if answer is None and befalls == DIES_BEFORE:
            return
        if expected == 201:
            self.kept[name] = body
        elif expected != 200:
            self.quarantined.add((name, body))
        if answer is None:
            return
        assert answer.status == expected, (answer.status, expected, answer.body)
        self.world.answered[expected] += 1
        if expected in (200, 201):
            self._check_acknowledged(name, answer.json())
        elif expected != 202:
            assert answer.json()["stored"] is True

    def _put_photo(self, key: tuple[uuid.UUID, uuid.UUID], body: bytes, token: str, befalls: str) -> None:
        there = self.held.get(key)
        expected = 201 if there is None else 200 if there == body else 409
        answer = self._ask("PUT", self._path(key), body, token, befalls)
        if answer is None and befalls == DIES_BEFORE:
            return
        if expected == 201:
            self.held[key] = body
            self.lost.discard(key)
        elif expected == 409:
            self.conflicts.add((*key, body))
        assert answer is None or answer.status == expected, (answer.status, expected, answer.body)

    def _ask(
        self, method: str, path: str, body: bytes | None, token: str, befalls: str = "", more: Any = None
    ) -> Answer | None:
        """One request; None where the link or the server broke. Where there was nothing to commit it did not."""
        dies = befalls in (DIES_BEFORE, DIES_AFTER) and self.may_die
        link = self.world.bad_link if befalls == LOST else self.world.link
        if befalls == LOST:
            self.world.proxy.use(LinkState(planned=(Planned("", faults.DROP_RESPONSE),)))
        link.token = token
        headers = {"Content-Type": "application/json", "Content-Digest": digest_header(body or b"")}
        headers |= ({"Fault": befalls} if dies else {}) | (more or {})
        self.may_die &= not dies
        try:
            answer: Answer = link.ask(method, path, body, headers)
        except NoAnswer:
            assert dies or befalls == LOST
            return None
        finally:
            # A connection kept alive may be ended by the server at any time; then nothing would be known.
            link.close()
        assert befalls != LOST
        return answer

    def _check_acknowledged(self, name: uuid.UUID, content: dict[str, Any]) -> None:
        """The receipt is the first one, and the files still missing are exactly those that are not there."""
        receipt = self.receipts.setdefault(name, content["receipt"])
        assert content["receipt"] == receipt
        assert set(content["status"]["missing_evidence"]) == self._missing(name)

    def _missing(self, name: uuid.UUID) -> set[str]:
        missing = set()
        for item in json.loads(self.kept[name])["evidence"]:
            key = (name, uuid.UUID(item["id"]))
            right = key in self.held and hashlib.sha256(self.held[key]).hexdigest() == item["sha256"]
            if not right and key not in self.lost:
                missing.add(item["id"])
        return missing

    @staticmethod
    def _path(key: tuple[uuid.UUID, uuid.UUID]) -> str:
        return f"submissions/{key[0]}/evidence/{key[1]}"

    @staticmethod
    def _one_of(choices: dict[Any, Any], which: int) -> Any:
        return list(choices)[which % len(choices)]

    def teardown(self) -> None:
        """Everything that was acknowledged is there exactly once, and nothing else is."""
        if not hasattr(self, "lost"):
            return
        stored = dict(Submission.objects.filter(sender=self.ada).values_list("pk", "digest"))
        assert {pk: bytes(digest) for pk, digest in stored.items()} == {
            name: hashlib.sha256(body).digest() for name, body in self.kept.items()
        }
        for name, body in self.kept.items():
            assert sent_bytes(name) == body
            told = receiving.delivered(person=self.ada, submission_id=name)
            assert {str(pk) for pk in told.status.missing_evidence} == self._missing(name)
        copies = Quarantine.objects.filter(sender=self.ada).values_list("submission_id", "body")
        assert sorted((pk, zlib.decompress(bytes(body))) for pk, body in copies) == sorted(self.quarantined)
        files = Evidence.objects.filter(owner=self.ada)
        assert sorted(map(_file, files.filter(state="held"))) == sorted((*key, b) for key, b in self.held.items())
        assert sorted(map(_file, files.filter(state="conflict"))) == sorted(self.conflicts)
        assert set(files.filter(state="lost").values_list("submission_id", "id")) == self.lost


def _file(row: Evidence) -> tuple[uuid.UUID, uuid.UUID, bytes]:
    with storages["evidence"].open(row.original) as file:
        body: bytes = file.read()
    assert hashlib.sha256(body).digest() == bytes(row.sha256)
    return row.submission_id, row.id, body


@pytest.fixture
def world(live, cast):
    """A programme, two ways to the server (one of them bad), and numbers for the examples. Nobody scores meanwhile."""
    live.worker.stop()
    version = publish_directly(cast.aurora, small_checklist())
    _, component, _ = programme_of(version, scheme_in_force(cast.aurora), automatic_acceptance=False)
    proxy = Proxy(live.url).start()
    links = Link(live.url), Link(proxy.url)
    yield SimpleNamespace(
        cast=cast,
        component=component,
        proxy=proxy,
        link=links[0],
        bad_link=links[1],
        numbers=count(1),
        answered=Counter(),
    )
    for link in links:
        link.close()
    proxy.stop()


def test_whatever_happens_what_was_acknowledged_is_there(world):
    profile = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    machine = type("PhonesOfTheWorld", (Phones,), {"world": world})
    run_state_machine_as_test(machine, settings=profile)
    # The walk went everywhere, and often: what it did not meet it has not shown.
    assert set(world.answered) == {200, 201, 202, 409, 422}
    assert min(world.answered.values()) >= EXAMPLES // 10
