"""What a client owes by the protocol, judged from the traffic that a proxy saw: kept, broken, or not seen."""

import base64
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.conformance.proxy import Exchange

SUBMISSION = re.compile(r"/submissions/([0-9a-f-]{36})$")
EVIDENCE = re.compile(r"/submissions/([0-9a-f-]{36})/evidence/([0-9a-f-]{36})$")
HELD = {403, 409, 410, 422}


@dataclass(frozen=True)
class Verdict:
    """One rule: what it is called, whether it was kept, and what speaks against it. `kept` is None where not seen."""

    rule: str
    kept: bool | None
    told: str = ""


def judge_client(exchanges: Iterable[Exchange]) -> list[Verdict]:
    """Every rule of RULES over the traffic of one client, in the order in which it came."""
    seen = list(exchanges)
    return [_verdict(rule, name, seen) for name, rule in RULES.items()]


def _verdict(rule: Callable[[list[Exchange]], Iterator[str | None]], name: str, seen: list[Exchange]) -> Verdict:
    """A rule yields None for every time it was kept, and a sentence for every time it was not."""
    found = list(rule(seen))
    faults = [text for text in found if text]
    return Verdict(name, None if not found else not faults, "; ".join(faults[:3]))


def _puts(seen: list[Exchange]) -> dict[str, list[Exchange]]:
    """PUTs of submissions and single files, by address."""
    by_path: dict[str, list[Exchange]] = defaultdict(list)
    for one in seen:
        if one.method == "PUT" and (SUBMISSION.search(one.path) or EVIDENCE.search(one.path)):
            by_path[one.path].append(one)
    return by_path


def _same_bytes(seen: list[Exchange]) -> Iterator[str | None]:
    for path, tries in _puts(seen).items():
        if len(whole := [one for one in tries if one.whole]) > 1:
            same = len({one.sha256 for one in whole}) == 1
            yield None if same else f"{path} was sent with {len({one.sha256 for one in whole})} contents"


def _announces(seen: list[Exchange]) -> Iterator[str | None]:
    for path, tries in _puts(seen).items():
        for one in tries:
            wanted = base64.b64encode(hashlib.sha256(one.body).digest()).decode()
            if "content-length" not in one.headers:
                yield f"{path} has no Content-Length"
            elif one.headers.get("content-encoding", "identity") != "identity":
                yield f"{path} has a Content-Encoding"
            elif one.whole:
                right = f"sha-256=:{wanted}:" in one.headers.get("content-digest", "")
                yield None if right else f"{path} has no Content-Digest of its bytes"


def _tries_again(seen: list[Exchange]) -> Iterator[str | None]:
    for path, tries in _puts(seen).items():
        for place, one in enumerate(tries):
            if means_nothing(one):
                again = place + 1 < len(tries) or _asked_later(seen, one)
                yield None if again else f"{path} was given up after {one.answered or 'no answer'}"


def _asked_later(seen: list[Exchange], one: Exchange) -> bool:
    """Whether the client asked what the server holds and learnt that it has this, or went on in pieces."""
    later = seen[seen.index(one) + 1 :]
    asked = any(other.path == one.path and other.method in ("HEAD", "GET") and other.answered == 200 for other in later)
    return asked or any(other.path == f"{one.path}/upload" for other in later)


def _uploaded(seen: list[Exchange]) -> set[str]:
    """Addresses of files that came whole in pieces (tus)."""
    lengths = {one.path: one.headers.get("upload-length") for one in seen if one.method == "POST"}
    whole = {one.path for one in seen if one.offset and one.offset == lengths.get(one.path)}
    return {path.removesuffix("/upload") for path in whole if path.endswith("/upload")}


def _holds(seen: list[Exchange]) -> Iterator[str | None]:
    for path, tries in _puts(seen).items():
        for place, one in enumerate(tries):
            if one.answered in HELD and not means_nothing(one):
                other = [later for later in tries[place + 1 :] if later.whole and later.sha256 != one.sha256]
                yield f"{path} was sent with other bytes after {one.answered}" if other else None


def _delivers_all(seen: list[Exchange]) -> Iterator[str | None]:
    settled = {path for path, tries in _puts(seen).items() if any(_settled(one) for one in tries)}
    settled |= {one.path.removesuffix("/lost") for one in seen if one.path.endswith("/lost") and one.answered == 200}
    settled |= _uploaded(seen)
    for path, tries in _puts(seen).items():
        if EVIDENCE.search(path):
            continue
        yield None if path in settled else f"{path} was never taken"
        last = next((one for one in reversed(tries) if _settled(one) and one.answered in (200, 201, 202)), None)
        for name in _announced_files(last):
            file = f"{path}/evidence/{name}"
            yield None if file in settled else f"{file} never came"


def _announced_files(one: Exchange | None) -> list[str]:
    try:
        content = json.loads(one.body) if one else {}
    except ValueError:
        content = {}
    return [str(item["id"]) for item in content.get("evidence", [])] if isinstance(content, dict) else []


def _settled(one: Exchange) -> bool:
    return one.answered is not None and not means_nothing(one) and (one.answered < 300 or one.answered in HELD)


def means_nothing(one: Exchange) -> bool:
    """Whether what a client got tells it nothing about what the server holds."""
    if one.answered is None or one.answered == 429 or one.answered >= 500 or 300 <= one.answered < 400:
        return True
    content = _object(one)
    if one.answered >= 400:
        return one.answer_type != "application/problem+json" or bool(content.get("retryable"))
    wanted = "state" if EVIDENCE.search(one.path) else "receipt"
    return one.method == "PUT" and wanted not in content


def _object(one: Exchange) -> dict[str, Any]:
    try:
        content = json.loads(one.answer)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


RULES: dict[str, Callable[[list[Exchange]], Iterator[str | None]]] = {
    "every try sends the same bytes": _same_bytes,
    "every upload announces its length and digest, unencoded": _announces,
    "no answer, a gateway's, a portal's, or a retryable one is tried again": _tries_again,
    "what is held (403, 409, 410, 422) is not sent again with other bytes": _holds,
    "every submission and every announced file is delivered or held": _delivers_all,
}
