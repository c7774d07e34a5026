"""Asking the server as each of the people, and taking back whatever the answer changed."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.http import HttpRequest
from django.test import RequestFactory

from chains.models import User
from tests.authorization.world import PEOPLE, TOKENS, World

# A header that differs from one answer to the next for reasons that tell nothing.
PASSING = ("Server-Time", "Content-Length", "Set-Cookie", "Expires")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back."""
    block = transaction.atomic()
    # As in Django's own test cases: code that insists on being outermost may be so below this block.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


class Asker:
    """The cast at the door: people signed in, phones by their token.

    Thirty thousand requests must not take minutes: they go straight into the handler (Django's test client copies every
    template context), and people are put where the session would put them, their roles read once.
    """

    def __init__(self, world: World) -> None:
        # Nine of ten requests are refused on purpose; a line in the log for each would only cost time.
        logging.getLogger("django.request").setLevel(logging.ERROR)
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.factory = RequestFactory()
        self.heads = {name: {"HTTP_AUTHORIZATION": f"Bearer {token}"} for name, token in TOKENS.items()}
        people = {name: getattr(world.cast, name).pk for name in PEOPLE if name != "anonymous"}
        self.people = {name: User.objects.get(pk=pk) for name, pk in people.items()}

    def ask(self, name: str, method: str, path: str, body: Any = None, *, refused: bool = False) -> Any:
        """The answer to one request; what it changed is taken back. One that must be `refused` changes nothing."""
        head = self.heads.get(name, {})
        if method == "GET":
            request: Any = self.factory.get(path, **head)
        elif method == "POST" and path.startswith("/admin/"):
            request = self.factory.post(path, body or {}, **head)
        else:
            sent = json.dumps(body or {})
            request = self.factory.generic(method, path, sent, "application/json", **head)
        request._dont_enforce_csrf_checks = True
        if name in self.people:
            request._cached_user = self.people[name]
        if method == "GET" or refused:
            return self._answer(request)
        with undone():
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> Any:
        answer = self.handler.get_response(request)
        read(answer)
        return answer


def read(answer: Any) -> bytes:
    """The body of an answer, streamed ones too."""
    if not getattr(answer, "streaming", False):
        return bytes(answer.content)
    if not hasattr(answer, "read_once"):
        answer.read_once = b"".join(answer.streaming_content)
    return bytes(answer.read_once)


def text_of(answer: Any) -> str:
    """Head and body as one text to search."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{head}\n{read(answer).decode('utf-8', 'replace')}"


def seen(answer: Any, *own: Any) -> tuple[int, str]:
    """What the other side sees of an answer, the words it sent itself (ids) left out."""
    head = "\n".join(f"{name}: {value}" for name, value in sorted(answer.items()) if name not in PASSING)
    text = f"{head}\n{read(answer).decode('utf-8', 'replace')}"
    return answer.status_code, without(text, own)


def without(text: str, own: Iterable[Any]) -> str:
    """A text with the words of an address taken out.

    A number counts only where it stands as a part of an address: the 8 of /standing/8/ is not the 8 of utf-8.
    """
    for word in own:
        if isinstance(word, int):
            text = re.sub(rf"(/|=|%2F|%3D){word}(?=[/&#%\"'\s]|$)", r"\1·", text)
        else:
            text = text.replace(str(word), "·")
    return text
