"""Receipts: what an auditor can show to prove a delivery without asking us. Compact JWS (RFC 7515), Ed25519."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from audits.models.receipts import signed_text, with_signature
from audits.services.receiving.receipt_keys import kept, read_keys, signing_key


@dataclass(frozen=True)
class Signer:
    """The key that signs and its name, and the public form of all keys."""

    private: Ed25519PrivateKey
    kid: str
    published: tuple[dict[str, str], ...]


def sign_receipt(*, submission_id: uuid.UUID, digest: bytes, received_at: datetime, seq: int) -> str:
    """A receipt over `{id, digest, received_at, seq}`; `seq` is the number of the row that holds the bytes."""
    signer = _signer()
    signed = signed_text(kid=signer.kid, submission_id=submission_id, digest=digest, received_at=received_at, seq=seq)
    return with_signature(signed, signer.private.sign(signed))


def published_keys() -> list[dict[str, str]]:
    """The public keys as members of a JWK set, the signing one first."""
    return list(_signer().published)


def _signer() -> Signer:
    if settings.RECEIPT_KEYS:
        return _read(settings.RECEIPT_KEYS)
    path = Path(settings.RECEIPT_KEY_FILE)
    try:
        stamp = path.stat()
    except FileNotFoundError:
        kept(path)
        stamp = path.stat()
    return _read_file(path, stamp.st_mtime_ns, stamp.st_ino)


@lru_cache(maxsize=8)
def _read_file(path: Path, changed_ns: int, inode: int) -> Signer:
    """The file as it was at its last change: a process that runs on takes up a change by itself."""
    return _read(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _read(text: str) -> Signer:
    keys = read_keys(text)
    signing = signing_key(keys)
    published = [key.published() for key in [signing, *(key for key in keys if key.kid != signing.kid)]]
    return Signer(signing.private(), signing.kid, tuple(published))
