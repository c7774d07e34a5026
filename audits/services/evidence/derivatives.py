"""What anyone sees of a photo: a re-encoded copy, turned upright, with nothing in it but pixels."""

import io
import warnings
from dataclasses import dataclass
from typing import IO, Any

import pillow_heif
from PIL import Image, ImageOps

from audits.models import flags

MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2048
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


@dataclass(frozen=True)
class Derived:
    """A clean copy as JPEG; or none, with the flag that says why."""

    body: bytes = b""
    flag: str = ""


def derive_photo(original: IO[Any]) -> Derived:
    """A JPEG of at most 2,048 pixels a side: orientation applied, all metadata, comments and trailing bytes gone.

    More than 40 megapixels are not opened (`too-many-pixels`); what is no image that opens is `unreadable-image`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(original, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    return Derived(flag=flags.TOO_MANY_PIXELS)
                image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return Derived(_encoded(ImageOps.exif_transpose(image)))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return Derived(flag=flags.TOO_MANY_PIXELS)
    except (OSError, ValueError, SyntaxError, EOFError):
        return Derived(flag=flags.UNREADABLE_IMAGE)


def _encoded(image: Image.Image) -> bytes:
    """A fresh image: what Pillow carries along in `info` (a JPEG comment, a profile) would be written again.

    What is transparent becomes white, as it looks on paper.
    """
    clean = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clean.paste(image.convert("RGB"), mask=image.convert("RGBA").getchannel("A"))
    else:
        clean.paste(image.convert("RGB"))
    body = io.BytesIO()
    clean.save(body, "JPEG", quality=85, optimize=True)
    return body.getvalue()
