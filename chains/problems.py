"""The catalogue of problems of the ground floor, and what a problem is. Codes are never reused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One kind of problem: a stable code, a sentence for people, and whether sending the same again can help."""

    code: str
    title: str
    retryable: bool = False


@dataclass(frozen=True)
class Fault:
    """One thing wrong in what was sent: where (JSON pointer), a stable code, and what to do."""

    pointer: str
    code: str
    detail: str


@dataclass
class Problem(Exception):
    """Raised by services and views alike; `auditserver.edge.errors` turns it into an answer.

    `stored` says that what was sent has been kept all the same; `retry_after` is in seconds.
    """

    kind: Kind
    detail: str = ""
    errors: Sequence[Fault] = ()
    stored: bool | None = None
    retry_after: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind.code}: {self.detail or self.kind.title}"


NOT_SIGNED_IN = Kind("not-signed-in", "Sign in first.")
DEVICE_ENDED = Kind("device-ended", "This phone is signed out. Nothing on it is lost: sign in again and deliver.")
APP_TOO_OLD = Kind("app-too-old", "This version of the app is too old to fetch work. It may still deliver; update it.")
NOT_ALLOWED = Kind("not-allowed", "Your role does not allow this.")
NOT_FOUND = Kind("not-found", "There is nothing here.")
METHOD_NOT_ALLOWED = Kind("method-not-allowed", "This address does not answer that method.")
NOT_ACCEPTABLE = Kind("not-acceptable", "This address does not speak the media type you asked for.")
UNSUPPORTED_MEDIA_TYPE = Kind("unsupported-media-type", "Send application/json.")
INVALID = Kind("invalid", "Something in what you sent is not right; `errors` says what and where.")
UNREADABLE = Kind("unreadable", "What you sent is not the JSON it should be.")
TOO_LARGE = Kind("too-large", "This is larger than the limit.")
TOO_MANY_ATTEMPTS = Kind("too-many-attempts", "Too many attempts; wait a while.", retryable=True)
SIGN_IN_FAILED = Kind("sign-in-failed", "Name, password or code is not right.")
CODE_NEEDED = Kind("one-time-code-needed", "This account asks for a one-time code besides: send it as `otp`.")
SECOND_STEP_STATE = Kind("second-step-state", "Two-step sign-in is not in a state that allows this.")
PAIRING_FAILED = Kind(
    "pairing-failed", "This pairing code is unknown, used by another phone, or older than 15 minutes."
)
STALE = Kind("stale", "Somebody changed this in between; load it again.")
BUSY = Kind("busy", "The server is busy; try again.", retryable=True)
BROKEN = Kind("broken", "Something broke on our side; try again.", retryable=True)
