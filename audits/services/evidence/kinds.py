"""What a file is, by its first bytes; what the sender calls it decides nothing."""

from typing import Final, NamedTuple

# The longest beginning that any of these needs.
HEAD = 32


class Kind(NamedTuple):
    """A kind of file: its media type, what evidence it is by default, and its suffix in the storage."""

    media_type: str
    evidence: str
    suffix: str


# Whatever is none of these: kept, since a shopper cannot repeat a visit, and never handed to anybody.
UNKNOWN: Final = Kind("application/octet-stream", "document", "bin")

_BEGINNINGS: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"\xff\xd8\xff", Kind("image/jpeg", "photo", "jpg")),
    (0, b"\x89PNG\r\n\x1a\n", Kind("image/png", "photo", "png")),
    (8, b"WEBP", Kind("image/webp", "photo", "webp")),
    (4, b"ftypheic", Kind("image/heic", "photo", "heic")),
    (4, b"ftypheix", Kind("image/heic", "photo", "heic")),
    (4, b"ftypmif1", Kind("image/heic", "photo", "heic")),
    (0, b"%PDF-", Kind("application/pdf", "document", "pdf")),
    (4, b"ftypM4A", Kind("audio/mp4", "recording", "m4a")),
    (0, b"ID3", Kind("audio/mpeg", "recording", "mp3")),
    (0, b"OggS", Kind("audio/ogg", "recording", "ogg")),
)


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins with these bytes; UNKNOWN for all else (SVG, GIF, scripts, archives)."""
    for offset, magic, kind in _BEGINNINGS:
        if head[offset : offset + len(magic)] == magic:
            return UNKNOWN if kind.suffix == "webp" and head[:4] != b"RIFF" else kind
    return UNKNOWN
