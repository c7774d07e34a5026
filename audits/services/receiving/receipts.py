"""Receipts: what an auditor can show to prove a delivery without asking us. Compact JWS (RFC 7515) signed by Ed25519.

Keys are a JSON list of OKP keys (RFC 8037), newest first: the first one with a private part signs, all are published,
so that receipts of earlier keys can still be checked. `RECEIPT_KEYS` gives the list; without it one key is made once
and kept in RECEIPT_KEY_FILE (mode 0600). A process reads its keys once.
"""

import base64
import hashlib
import os
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class Key(msgspec.Struct, frozen=True, omit_defaults=True):
    """One key: `x` is public, `d` the private part (left out of a key that only checks), both base64url."""

    x: str
    kid: str
    d: str = ""
    kty: str = "OKP"
    crv: str = "Ed25519"


@dataclass(frozen=True)
class Signer:
    """The key that signs, with its JWS header ready, and the public form of all keys."""

    private: Ed25519PrivateKey
    header: bytes
    published: tuple[dict[str, str], ...]


def sign_receipt(*, submission_id: uuid.UUID, digest: bytes, received_at: datetime, seq: int) -> str:
    """A receipt over `{id, digest, received_at, seq}`; `seq` is the number of the row that holds the bytes."""
    signer = _signer()
    claims = {
        "id": str(submission_id),
        "digest": digest.hex(),
        "received_at": received_at.isoformat(timespec="milliseconds"),
        "seq": seq,
    }
    signed = signer.header + b"." + _base64url(msgspec.json.encode(claims))
    return (signed + b"." + _base64url(signer.private.sign(signed))).decode()


def published_keys() -> list[dict[str, str]]:
    """The public keys as members of a JWK set, the signing one first."""
    return list(_signer().published)


def make_key() -> Key:
    """A new key; its `kid` is its thumbprint (RFC 7638)."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = _base64url(public).decode()
    return Key(x=x, kid=_thumbprint(x), d=_base64url(private.private_bytes_raw()).decode())


def _signer() -> Signer:
    return _read(settings.RECEIPT_KEYS, str(settings.RECEIPT_KEY_FILE))


@lru_cache(maxsize=8)
def _read(given: str, path: str) -> Signer:
    text = given or _kept(Path(path))
    try:
        keys = msgspec.json.decode(text, type=list[Key])
        signing = next(key for key in keys if key.d)
        private = Ed25519PrivateKey.from_private_bytes(_unbase64url(signing.d))
    except (msgspec.DecodeError, StopIteration, ValueError) as error:
        # The text of the fault may quote the key: it stays out of the message.
        raise ImproperlyConfigured(
            f"RECEIPT_KEYS must be a JSON list of Ed25519 keys ({type(error).__name__})."
        ) from None
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    if _unbase64url(signing.x) != public:
        raise ImproperlyConfigured("RECEIPT_KEYS: the public part of the first key does not belong to its private one.")
    header = _base64url(msgspec.json.encode({"alg": "EdDSA", "kid": signing.kid}))
    return Signer(private, header, tuple(_public(key) for key in keys))


def _kept(path: Path) -> str:
    """The key file, made by whichever process comes first."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode([make_key()]))
            file.flush()
            os.fsync(file.fileno())
        # A hard link fails where another process was first, so that all read one and the same key.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8")


def _public(key: Key) -> dict[str, str]:
    return {"kty": key.kty, "crv": key.crv, "x": key.x, "kid": key.kid, "alg": "EdDSA", "use": "sig"}


def _thumbprint(x: str) -> str:
    members: dict[str, Any] = {"crv": "Ed25519", "kty": "OKP", "x": x}
    return _base64url(hashlib.sha256(msgspec.json.encode(members)).digest()).decode()


def _base64url(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
