"""Delivers files in processes that die: before every flush, move, removal, writing statement, commit, and at the end.

Nothing lasting happens between one of these and the next, so that dying before the next is dying after the one before.
Run as a program on the test database (`python -m tests.audits.evidence.crashing`), it prints in JSON for each way of
delivering how many points there were, and everything that was not as it should be.
"""

import contextlib
import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import django

django.setup()

from django.db import connection, connections  # noqa: E402
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402
from django.test import Client  # noqa: E402

from audits.models import Evidence, Upload  # noqa: E402
from audits.models.files import evidence_storage  # noqa: E402
from chains.models import User  # noqa: E402
from tests.audits.evidence.pictures import photo  # noqa: E402
from tests.audits.evidence.resuming import Resumable  # noqa: E402
from tests.phone.link import digest_header  # noqa: E402

BODY = photo(size=(60, 60))
SUBMISSION = uuid.UUID(int=77)
DIED, ANSWERED, REFUSED = 9, 0, 1


class Points:
    """Counts what is passed; at the wished one the process is gone, without a word to anybody."""

    def __init__(self, deadly: int) -> None:
        self.passed, self.deadly = 0, deadly

    def step(self) -> None:
        self.passed += 1
        if self.passed == self.deadly:
            os._exit(DIED)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return function(*args, **kwargs)

        return stepping

    @contextlib.contextmanager
    def everywhere(self) -> Iterator[None]:
        for name in ("fsync", "replace", "rename", "unlink", "pwrite"):
            setattr(os, name, self.around(getattr(os, name)))
        BaseDatabaseWrapper._commit = self.around(BaseDatabaseWrapper._commit)  # type: ignore[method-assign]

        def statement(execute: Any, sql: str, *args: Any) -> Any:
            if not sql.startswith("SELECT"):
                self.step()
            return execute(sql, *args)

        with connection.execute_wrapper(statement):
            yield
        self.step()


def put(client: Client, name: uuid.UUID) -> bool:
    """In one piece; True where the server said that it is held."""
    path = f"/api/v1/submissions/{SUBMISSION}/evidence/{name}"
    headers = {"Content-Digest": digest_header(BODY)}
    return client.put(path, BODY, content_type="image/jpeg", headers=headers).status_code in (200, 201)


def pieces(client: Client, name: uuid.UUID) -> bool:
    """In two pieces, going on where the file ends."""
    upload = Resumable(client, f"/api/v1/submissions/{SUBMISSION}/evidence/{name}/upload")
    begun = upload.begin(BODY)
    for _ in range(2):
        if begun.status_code == 201 and (offset := upload.offset()) < len(BODY):
            upload.patch(offset, BODY[offset : offset + 500])
    return bool(upload.offset() == len(BODY))


def in_a_child(do: Callable[[], bool], deadly: int = 0) -> tuple[int, int]:
    """How the child ended, and how many points it passed (as far as it could tell)."""
    connections.close_all()
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        ended, points = REFUSED, Points(deadly)
        try:
            with points.everywhere():
                ended = ANSWERED if do() else REFUSED
            os.write(mouth, str(points.passed).encode())
        finally:
            # Whatever was raised: a child must not go on with its parent's work.
            os._exit(ended)
    os.close(mouth)
    with os.fdopen(ear) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), int(said or 0)


def faults_of(name: uuid.UUID) -> Iterator[str]:
    """What must never be: a row whose file is not there, whole."""
    for row in Evidence.objects.filter(id=name):
        if not evidence_storage().exists(row.original):
            yield "a row without its file"
            continue
        with evidence_storage().open(row.original) as file:
            if hashlib.sha256(file.read()).digest() != bytes(row.sha256):
                yield "a row with another file"


def main(scenario: Callable[[Client, uuid.UUID], bool]) -> dict[str, Any]:
    """Die at every point, look, and deliver again."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="ada"))
    # Whatever is loaded once is loaded here, and not in every child again.
    Resumable(client, f"/api/v1/submissions/{SUBMISSION}/evidence/{uuid.uuid4()}/upload").offset()
    ended, total = in_a_child(partial(scenario, client, uuid.uuid4()))
    faults: list[str] = [] if ended == ANSWERED else ["the first delivery was refused"]
    for point in range(1, total + 1):
        name = uuid.uuid4()
        ended, _ = in_a_child(partial(scenario, client, name), deadly=point)
        found = [] if ended == DIED else [f"it ended with {ended}"]
        found += faults_of(name)
        if not scenario(client, name):
            found.append("the second delivery was refused")
        found += faults_of(name)
        if Evidence.objects.filter(id=name, state="held").count() != 1:
            found.append("it is not held once")
        if Upload.objects.filter(evidence_id=name).exists():
            found.append("an upload was left over")
        faults += [f"point {point}: {fault}" for fault in found]
    return {"points": total, "faults": faults}


if __name__ == "__main__":
    print(json.dumps({"put": main(put), "pieces": main(pieces)}))
