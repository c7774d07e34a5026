"""What kind of file something is, by its first bytes: what a sender calls it is not believed."""

from typing import Final

from audits.models import Evidence

HEAD_BYTES: Final = 32

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AUDIO_BRANDS = (b"M4A ", b"M4B ", b"mp42", b"isom", b"3gp4", b"3gp5", b"dash")
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"#!AMR", "audio/amr"),
)


def sniff(head: bytes) -> str | None:
    """The media type of a file that begins so, or None for a kind that is not taken (SVG, HTML, archives, …)."""
    for beginning, media_type in _BEGINNINGS:
        if head.startswith(beginning):
            return media_type
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        if head[8:12] in _HEIF_BRANDS:
            return "image/heic"
        return "audio/mp4" if head[8:12] in _AUDIO_BRANDS else None
    return None


def usual_type(media_type: str) -> str:
    """The type of evidence that such a file mostly is, until its submission says what it is."""
    family = media_type.partition("/")[0]
    return {"image": Evidence.Type.PHOTO, "audio": Evidence.Type.RECORDING}.get(family, Evidence.Type.DOCUMENT)
