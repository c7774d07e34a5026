"""The stored form of a receipt: its signature and the name of its key. All else in it stands in the columns beside it.

A receipt is a compact JWS (RFC 7515): header, claims, signature. The header follows from the key's name, the claims
from the submission; both are written in one way only, so that the exact text comes back from a quarter of its bytes.
"""

import base64
import uuid
from datetime import datetime

import msgspec

_FORM = b"\x01"
_SIGNATURE_BYTES = 64


def signed_text(*, kid: str, submission_id: uuid.UUID, digest: bytes, received_at: datetime, seq: int | None) -> bytes:
    """What a receipt's signature is over: its header and its claims."""
    claims = {
        "id": str(submission_id),
        "digest": digest.hex(),
        "received_at": received_at.isoformat(timespec="milliseconds"),
        "seq": seq,
    }
    return base64url(msgspec.json.encode({"alg": "EdDSA", "kid": kid})) + b"." + base64url(msgspec.json.encode(claims))


def with_signature(signed: bytes, signature: bytes) -> str:
    """The receipt of a signed text."""
    return (signed + b"." + base64url(signature)).decode()


def pack_receipt(receipt: str) -> bytes:
    """The stored form of a receipt; nothing for none. Raises ValueError for what is no receipt of ours."""
    if not receipt:
        return b""
    header, _, signature = receipt.split(".")
    kid = msgspec.json.decode(unbase64url(header), type=dict[str, str])["kid"]
    raw = unbase64url(signature)
    if len(raw) != _SIGNATURE_BYTES:
        raise ValueError("An Ed25519 signature has 64 bytes.")
    return _FORM + raw + kid.encode()


def unpack_receipt(
    stored: bytes, *, submission_id: uuid.UUID, digest: bytes, received_at: datetime, seq: int | None
) -> str:
    """The exact receipt of a stored form; empty where there is none. Raises ValueError for another form."""
    if not stored:
        return ""
    if stored[:1] != _FORM:
        raise ValueError("This is no stored receipt.")
    kid = stored[1 + _SIGNATURE_BYTES :].decode()
    signed = signed_text(kid=kid, submission_id=submission_id, digest=digest, received_at=received_at, seq=seq)
    return with_signature(signed, stored[1 : 1 + _SIGNATURE_BYTES])


def base64url(raw: bytes) -> bytes:
    """Base64 for addresses, without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def unbase64url(text: str) -> bytes:
    """The bytes of base64url. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
