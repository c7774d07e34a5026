"""What anyone but the office may see of a photo: drawn anew from its pixels, so that nothing else can be in it."""

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

register_heif_opener()

MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2_560
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


class NoDerivative(ValueError):
    """No picture can be shown for this original; `flag` says why (a code for the office)."""

    def __init__(self, flag: str) -> None:
        super().__init__(flag)
        self.flag = flag


@dataclass(frozen=True)
class Derivative:
    """A JPEG that holds nothing but pixels."""

    body: bytes
    width: int
    height: int


def derive(original: BinaryIO) -> Derivative:
    """The picture of a photo: upright, at most LONGEST_SIDE pixels long, without metadata, comments or trailing bytes.

    Raises NoDerivative: too-many-pixels (more than 40 million; nothing is unpacked), unreadable-image.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of decompression bombs; the size is checked below before anything is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(original, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise NoDerivative("too-many-pixels")
                return _drawn(image)
    except NoDerivative:
        raise
    except Image.DecompressionBombError:
        raise NoDerivative("too-many-pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise NoDerivative("unreadable-image") from None


def _drawn(image: Image.Image) -> Derivative:
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
    # A new picture has no info: comments, profiles and metadata of the original cannot slip through.
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Derivative(out.getvalue(), clean.width, clean.height)
