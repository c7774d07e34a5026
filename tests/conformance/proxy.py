"""A proxy between a client and a server that does what it is told to a request, and remembers what it saw.

One thread per connection, HTTP/1.1 with Content-Length both ways. Everything is passed on as it comes; only what a
fault needs whole is held back.
"""

import contextlib
import hashlib
import http.client
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from tests.conformance.faults import Fault, Link

CHUNK = 16 * 1024
NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
LOGIN_PAGE = b"<html><title>Free WiFi</title><body>Please accept our terms to go online.</body></html>"


class Broken(Exception):
    """The link ended in the middle of a request or answer."""


@dataclass
class Exchange:
    """One request as it came from the client, what was done to it, and what the client was answered (None: nothing).

    `offset` is the Upload-Offset of the answer.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    arrived: int = 0
    fault: str = ""
    at_server: int | None = None
    answered: int | None = None
    answer: bytes = b""
    answer_type: str = ""
    offset: str = ""

    @property
    def announced(self) -> int:
        """Content-Length of the request."""
        return int(self.headers.get("content-length") or 0)

    @property
    def whole(self) -> bool:
        """Whether the client sent all it had announced."""
        return self.arrived == self.announced

    @property
    def sha256(self) -> str:
        """Of what the client sent."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Carried:
    """How much a link has carried, and when it dies next."""

    up: int = 0
    down: int = 0
    deaths: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class Proxy:
    """Listens on a port of its own from `start` to `stop`; `link` may be replaced at any time."""

    def __init__(self, server: str, *, port: int = 0, host: str = "127.0.0.1") -> None:
        parts = urlsplit(server)
        assert parts.scheme == "http" and parts.hostname, "The server's address begins with http://."
        self.server = (parts.hostname, parts.port or 80)
        self.link = Link()
        self.exchanges: list[Exchange] = []
        self.carried = Carried()
        self._used: set[int] = set()
        self._late: list[tuple[Exchange, bytes]] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._door = socket.create_server((host, port))
        self.url = f"http://{host}:{self._door.getsockname()[1]}"

    def start(self) -> "Proxy":
        """Take connections."""
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the door and every connection."""
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for one in list(self._open):
            _close(one)

    def use(self, link: Link) -> None:
        """From now on the link is like this; counts and memory begin anew."""
        with self._lock:
            self.link, self._used = link, set()
            self.exchanges, self.carried = [], Carried()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.add(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        upstream = _Upstream(self.server)
        try:
            with client.makefile("rb") as source:
                while exchange := self._read_head(source):
                    self._exchange(exchange, source, client, upstream)
        except (Broken, OSError, http.client.HTTPException, ValueError):
            pass
        finally:
            upstream.close()
            self._open.discard(client)
            _close(client)

    def _read_head(self, source: Any) -> Exchange | None:
        line = source.readline(65_536)
        if not line.strip():
            return None
        method, path, _ = line.decode("latin-1").split(" ", 2)
        fields = http.client.parse_headers(source)
        self._carry_up(len(line) + sum(len(k) + len(v) + 4 for k, v in fields.items()) + 2)
        exchange = Exchange(method, path, {name.lower(): value for name, value in fields.items()})
        with self._lock:
            self.exchanges.append(exchange)
        return exchange

    def _fault_for(self, exchange: Exchange) -> Fault:
        with self._lock:
            for number, planned in enumerate(self.link.planned):
                if number not in self._used and planned.meets(exchange.method, exchange.path):
                    self._used.add(number)
                    exchange.fault = str(planned.fault)
                    return planned.fault
        return Fault("")

    def _exchange(self, exchange: Exchange, source: Any, client: socket.socket, upstream: "_Upstream") -> None:
        fault = self._fault_for(exchange)
        if exchange.headers.get("expect", "").lower() == "100-continue":
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if fault.kind == "refuse":
            raise Broken
        if fault.kind.startswith("portal") or fault.kind == "gateway":
            self._read_body(exchange, source)
            self._answer_instead(exchange, fault, client)
            return
        if fault.kind == "late":
            self._read_body(exchange, source)
            with self._lock:
                self._late.append((exchange, exchange.body))
            raise Broken
        answer = self._ask(exchange, source, upstream, fault)
        if fault.kind == "drop-response":
            raise Broken
        self._give(exchange, answer, client, fault)
        self._send_the_late(exchange, upstream)

    def _read_body(self, exchange: Exchange, source: Any) -> None:
        for _ in self._chunks(exchange, source):
            pass

    def _chunks(self, exchange: Exchange, source: Any) -> Any:
        """The request's body as it comes; raises Broken where the client or the link ends before its end."""
        while exchange.arrived < exchange.announced:
            chunk = source.read1(min(CHUNK, exchange.announced - exchange.arrived))
            if not chunk:
                raise Broken
            exchange.arrived += len(chunk)
            exchange.body += chunk
            self._carry_up(len(chunk))
            yield chunk

    def _ask(self, exchange: Exchange, source: Any, upstream: "_Upstream", fault: Fault) -> "_Answer":
        upstream.begin(exchange)
        passed = 0
        for chunk in self._chunks(exchange, source):
            sent = chunk
            if fault.kind == "torn" and passed <= fault.size < passed + len(chunk):
                at = fault.size - passed
                sent = chunk[:at] + bytes([chunk[at] ^ 0xFF]) + chunk[at + 1 :]
            if fault.kind == "cut" and passed + len(chunk) >= fault.size:
                upstream.send(sent[: fault.size - passed])
                raise Broken
            upstream.send(sent)
            passed += len(chunk)
        answer = upstream.answer()
        if fault.kind == "duplicate":
            upstream.begin(exchange)
            upstream.send(exchange.body)
            answer = upstream.answer()
        exchange.at_server = answer.status
        return answer

    def _give(self, exchange: Exchange, answer: "_Answer", client: socket.socket, fault: Fault) -> None:
        head = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        head += [f"{name}: {value}" for name, value in self._moved_clock(answer.headers)]
        bare = exchange.method == "HEAD" or answer.status in (204, 304)
        length = answer.announced if exchange.method == "HEAD" else str(len(answer.body))
        head += [f"Content-Length: {length}"] if answer.status not in (204, 304) else []
        body = b"" if bare else answer.body
        # Noted before it is sent: whoever has read the answer may look at once what was seen.
        exchange.answered, exchange.answer, exchange.answer_type = answer.status, body, answer.media_type
        exchange.offset = next((value for name, value in answer.headers if name.lower() == "upload-offset"), "")
        try:
            self._send_answer(client, head, body, fault)
        except (Broken, OSError):
            exchange.answered, exchange.offset = None, ""
            raise

    def _send_answer(self, client: socket.socket, head: list[str], body: bytes, fault: Fault) -> None:
        self._pass_down(client, ("\r\n".join(head) + "\r\n\r\n").encode("latin-1"))
        if fault.kind == "cut-response":
            self._pass_down(client, body[: fault.size])
            raise Broken
        self._pass_down(client, body)

    def _answer_instead(self, exchange: Exchange, fault: Fault, client: socket.socket) -> None:
        status, media, body, more = 200, "text/html", LOGIN_PAGE, ""
        if fault.kind == "portal-json":
            media, body = "application/json", b'{"status": "login required"}'
        if fault.kind == "portal-redirect":
            status, more = 302, "Location: http://wifi.invalid/login\r\n"
        if fault.kind == "gateway":
            status, body, more = fault.size, b"<html>The gateway is busy.</html>", "Retry-After: 1\r\n"
        reason = http.client.responses.get(status, "")
        head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        exchange.answered, exchange.answer, exchange.answer_type = status, body, media
        self._pass_down(client, head.encode() + body)

    def _send_the_late(self, now: Exchange, upstream: "_Upstream") -> None:
        """What was held back goes on after the next request to its address was answered."""
        with self._lock:
            due = [late for late in self._late if late[0].path == now.path and late[0] is not now]
            self._late = [late for late in self._late if late not in due]
        for exchange, body in due:
            upstream.begin(exchange)
            upstream.send(body)
            exchange.at_server = upstream.answer().status

    def _moved_clock(self, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Headers with the server's time moved, so that to the client its own clock seems wrong."""
        ahead = timedelta(seconds=self.link.clock_ahead)
        moved = []
        for name, value in headers:
            if ahead and name.lower() == "date":
                value = format_datetime(parsedate_to_datetime(value) + ahead, usegmt=True)
            if ahead and name.lower() == "server-time":
                value = (datetime.fromisoformat(value) + ahead).isoformat(timespec="milliseconds")
            moved.append((name, value))
        return moved

    def _carry_up(self, length: int) -> None:
        self._carry(length, up=True)

    def _pass_down(self, client: socket.socket, content: bytes) -> None:
        for start in range(0, len(content), CHUNK):
            piece = content[start : start + CHUNK]
            self._carry(len(piece), up=False)
            client.sendall(piece)

    def _carry(self, length: int, *, up: bool) -> None:
        """Count, take the time a slow link takes, and die where the link does."""
        link, carried = self.link, self.carried
        with carried.lock:
            before = carried.up + carried.down
            carried.up += length if up else 0
            carried.down += 0 if up else length
            dies = bool(link.dies_every) and before // link.dies_every != (before + length) // link.dies_every
            carried.deaths += dies
        if link.bytes_a_second:
            time.sleep(length / link.bytes_a_second)
        if dies:
            raise Broken


@dataclass
class _Answer:
    status: int
    reason: str
    headers: list[tuple[str, str]]
    announced: str
    body: bytes
    media_type: str


class _Upstream:
    """The connection to the server that belongs to one connection of a client."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._connection: http.client.HTTPConnection | None = None

    def begin(self, exchange: Exchange) -> None:
        """Send the head of a request."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(*self._server, timeout=60)
        self._connection.putrequest(exchange.method, exchange.path, skip_host=True, skip_accept_encoding=True)
        self._connection.putheader("Host", f"{self._server[0]}:{self._server[1]}")
        for name, value in exchange.headers.items():
            if name not in NOT_PASSED_ON and name != "expect":
                self._connection.putheader(name, value)
        if "content-length" in exchange.headers:
            self._connection.putheader("Content-Length", exchange.headers["content-length"])
        self._connection.endheaders()

    def send(self, chunk: bytes) -> None:
        """Send a piece of its body."""
        assert self._connection is not None
        if chunk:
            self._connection.send(chunk)

    def answer(self) -> _Answer:
        """The whole answer."""
        assert self._connection is not None
        response = self._connection.getresponse()
        body = response.read()
        headers = [(name, value) for name, value in response.getheaders() if name.lower() not in NOT_PASSED_ON]
        media = (response.getheader("Content-Type") or "").partition(";")[0]
        announced = response.getheader("Content-Length") or "0"
        if response.will_close:
            self.close()
        return _Answer(response.status, response.reason, headers, announced, body, media)

    def close(self) -> None:
        """End it, also in the middle of a request."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
