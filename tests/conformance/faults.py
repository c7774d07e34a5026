"""What can go wrong with one request on its way, and with a link as a whole."""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """Something that happens to one request. `size` is bytes, or an HTTP status, as `kind` wants it."""

    kind: str
    size: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.size}" if self.size else self.kind


# The request reaches the server twice; the client sees the second answer.
DUPLICATE = Fault("duplicate")
# The client sees its connection break; the request reaches the server all the same, after the next one was answered.
LATE = Fault("late")
# The server has done it and says so; the client never hears.
DROP_RESPONSE = Fault("drop-response")
# Not a byte of the request passes.
REFUSE = Fault("refuse")
# The place's own sign-in page answers instead of the server, in three habits.
PORTAL_PAGE, PORTAL_JSON, PORTAL_REDIRECT = Fault("portal-page"), Fault("portal-json"), Fault("portal-redirect")


def cut(after: int) -> Fault:
    """Both ways end after so many bytes of the request's body."""
    return Fault("cut", after)


def cut_response(after: int) -> Fault:
    """The answer ends after so many bytes of its body, though more were announced."""
    return Fault("cut-response", after)


def torn(at: int) -> Fault:
    """One byte of the body arrives changed."""
    return Fault("torn", at)


def answered(status: int) -> Fault:
    """A gateway before the server answers with this status and a page of its own."""
    return Fault("gateway", status)


@dataclass(frozen=True)
class Planned:
    """A fault that waits for the first request whose "METHOD path" matches; each is used once, in order."""

    where: str
    fault: Fault

    def meets(self, method: str, path: str) -> bool:
        """Whether this request is meant."""
        return re.search(self.where, f"{method} {path}") is not None


@dataclass(frozen=True)
class Link:
    """What a link is like all the time: bytes a second (0: no limit), it dies whenever so many bytes were carried,
    and by how many seconds the clock behind it seems to be ahead."""

    bytes_a_second: int = 0
    dies_every: int = 0
    clock_ahead: int = 0
    planned: tuple[Planned, ...] = field(default=())


SUBMISSION = r"^PUT .*/submissions/[^/]+$"
EVIDENCE = r"^(PUT|PATCH) .*/evidence/[^/]+(/upload)?$"
