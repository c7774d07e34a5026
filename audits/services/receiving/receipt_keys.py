"""The keys that sign receipts, and how they follow each other: no public key is lost, and every step can be undone.

Keys are a JSON list of OKP keys (RFC 8037): the first one with a private part signs, all are published, so that
receipts of earlier keys can still be checked. `RECEIPT_KEYS` gives the list; without it one key is made once and kept
in RECEIPT_KEY_FILE (mode 0600), which running processes read again when it changes.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from audits.models.receipts import base64url, unbase64url


class Key(msgspec.Struct, frozen=True, omit_defaults=True):
    """One key: `x` is public, `d` the private part (left out of a key that only checks), both base64url."""

    x: str
    kid: str
    d: str = ""
    kty: str = "OKP"
    crv: str = "Ed25519"

    def private(self) -> Ed25519PrivateKey:
        """The private part. Raises ValueError where there is none, or one of another key."""
        private = Ed25519PrivateKey.from_private_bytes(unbase64url(self.d))
        if _public_text(private) != self.x.rstrip("="):
            raise ValueError("another key")
        return private

    def published(self) -> dict[str, str]:
        """The public part as a member of a JWK set."""
        return {"kty": self.kty, "crv": self.crv, "x": self.x, "kid": self.kid, "alg": "EdDSA", "use": "sig"}


class UnknownKey(LookupError):
    """No key of this name can do what was asked."""


def make_key() -> Key:
    """A new key; its `kid` is its thumbprint (RFC 7638)."""
    private = Ed25519PrivateKey.generate()
    x = _public_text(private)
    kid = _thumbprint(x)
    # A name that begins like an option could not be given on a command line.
    return make_key() if kid.startswith("-") else Key(x=x, kid=kid, d=base64url(private.private_bytes_raw()).decode())


def read_keys(text: str | bytes) -> list[Key]:
    """The keys of a list. Raises ImproperlyConfigured, without quoting any, where they cannot sign."""
    try:
        keys = msgspec.json.decode(text, type=list[Key])
        signing_key(keys).private()
    except (msgspec.DecodeError, UnknownKey, ValueError) as error:
        what = str(error) if isinstance(error, UnknownKey) else type(error).__name__
        if str(error) == "another key":
            what = "the public part of the first key does not belong to its private one"
        # The text of the fault may quote the key: it stays out of the message.
        raise ImproperlyConfigured(f"RECEIPT_KEYS must be a JSON list of Ed25519 keys ({what}).") from None
    return keys


def signing_key(keys: Sequence[Key]) -> Key:
    """The key that signs: the first with a private part. Raises UnknownKey."""
    for key in keys:
        if key.d:
            return key
    raise UnknownKey("none has a private part")


def with_one_more(keys: Sequence[Key]) -> list[Key]:
    """The keys with a new one at the end: published from now on, signing only once it is chosen."""
    return [*keys, make_key()]


def signing_with(keys: Sequence[Key], kid: str) -> list[Key]:
    """The same keys, this one signing; undone by naming the key that signed before. Raises UnknownKey."""
    chosen = [key for key in keys if key.kid == kid and key.d]
    if not chosen:
        raise UnknownKey(f"No key {kid} with a private part is here.")
    return chosen + [key for key in keys if key.kid != kid]


def without_private_part(keys: Sequence[Key], kid: str) -> list[Key]:
    """The same keys, this one good for checking only from now on. Raises UnknownKey, also for the key that signs."""
    if signing_key(keys).kid == kid:
        raise UnknownKey(f"{kid} signs: let another one sign first.")
    if not any(key.kid == kid for key in keys):
        raise UnknownKey(f"No key {kid} is here.")
    return [msgspec.structs.replace(key, d="") if key.kid == kid else key for key in keys]


def keys_in_force() -> list[Key]:
    """The keys as given or kept; made where there are none yet. Raises ImproperlyConfigured."""
    return read_keys(settings.RECEIPT_KEYS or kept(Path(settings.RECEIPT_KEY_FILE)))


def change_kept_keys(change: Callable[[Sequence[Key]], list[Key]]) -> list[Key]:
    """Change the keys in RECEIPT_KEY_FILE, one change at a time; whoever reads sees the old list or the new one."""
    path = Path(settings.RECEIPT_KEY_FILE)
    kept(path)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        changed = change(read_keys(path.read_bytes()))
        _written(path, changed).replace(path)
    return changed


def kept(path: Path) -> str:
    """The text of the key file, made by whichever process comes first."""
    if not path.exists():
        draft = _written(path, [make_key()])
        # A hard link fails where another process was first, so that all read one and the same key.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8")


def _written(path: Path, keys: Sequence[Key]) -> Path:
    """A file beside `path` with these keys, for our eyes only and safe on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(keys))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _public_text(private: Ed25519PrivateKey) -> str:
    return base64url(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _thumbprint(x: str) -> str:
    members = {"crv": "Ed25519", "kty": "OKP", "x": x}
    return base64url(hashlib.sha256(msgspec.json.encode(members)).digest()).decode()
