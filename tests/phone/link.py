"""One request over HTTP and what came back; whether it is worth trying again is the protocol's word, not a guess."""

import base64
import hashlib
import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


class NoAnswer(Exception):
    """The connection broke, timed out, or was refused: nothing is known about what the server did."""


@dataclass(frozen=True)
class Answer:
    """Status, headers (lower case) and body of a response."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def problem(self) -> dict[str, Any] | None:
        """The problem document, where this is one."""
        media = self.headers.get("content-type", "").partition(";")[0]
        content = self.json() if media == "application/problem+json" else None
        return (
            content if isinstance(content, dict) and str(content.get("type", "")).startswith("urn:problem:") else None
        )

    def proves(self, member: str) -> bool:
        """Whether a success is one of the server's: JSON with this member ("" believes anything)."""
        if not member or self.status >= 300:
            return True
        content = self.json()
        return isinstance(content, dict) and member in content

    def worth_retrying(self) -> bool:
        """Busy or broken: 429, any 5xx, a redirect, an error that is no problem document, or one that says so."""
        if self.status == 429 or self.status >= 500 or 300 <= self.status < 400 and self.status != 304:
            return True
        if self.status >= 400:
            problem = self.problem()
            return problem is None or bool(problem.get("retryable"))
        return False


def digest_header(body: bytes) -> str:
    """Content-Digest (RFC 9530) of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


@dataclass
class Link:
    """A keep-alive connection to a server at `base` ("http://127.0.0.1:8000"); one per thread."""

    base: str
    token: str = ""
    timeout: float = 30.0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Send one request below /api/v1/ and read the whole answer. Raises NoAnswer where the link failed."""
        wanted = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            connection = self._open()
            connection.request(method, f"/api/v1/{path}", body=body, headers=wanted | (headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(f"{method} {path}: {error!r}") from error

    def send_json(self, method: str, path: str, content: Any) -> Answer:
        """Send a JSON body."""
        body = json.dumps(content).encode()
        return self.ask(method, path, body, {"Content-Type": "application/json"})

    def close(self) -> None:
        """Drop the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None:
            parts = urlsplit(self.base)
            assert parts.hostname
            self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)
        return self._connection
