"""Files as phones, broken phones and attackers send them."""

import io
import struct
import zipfile
import zlib

import pillow_heif
from PIL import Image, ImageDraw

GPS = 0x8825
SCRIPT = b"<script>alert(1)</script>"


def photo(color="red", size=(40, 20), form="JPEG", **save):
    """A picture of one colour."""
    body = io.BytesIO()
    Image.new("RGB", size, color).save(body, form, **save)
    return body.getvalue()


def striped(form="PNG", **save):
    """40 × 20, the left half red, the right half blue: turned, it shows."""
    picture = Image.new("RGB", (40, 20), "red")
    ImageDraw.Draw(picture).rectangle((20, 0, 39, 19), fill="blue")
    body = io.BytesIO()
    picture.save(body, form, **save)
    return body.getvalue()


def heic():
    """A picture as an iPhone makes them."""
    body = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "red")).save(body, format="HEIF")
    return body.getvalue()


def telling_exif():
    """EXIF that names the phone and the place, and turns the picture by 90 degrees."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretPhone", 6
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 12.0, 30.0), 3: "E", 4: (16.0, 22.0, 0.0)})
    return exif


def png_of(width, height):
    """A PNG of a few bytes that claims to be this large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0")) + _chunk(b"IEND", b"")


def zipped():
    """A ZIP with a program in it."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("run.js", "SECRET-PAYLOAD")
    return body.getvalue()


def _chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def black_and_white(width, height):
    """A real PNG of many pixels and few bytes."""
    body = io.BytesIO()
    Image.new("1", (width, height)).save(body, "PNG")
    return body.getvalue()


HOSTILE = {
    "an SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><script>SECRET-PAYLOAD</script></svg>",
    "a GIF that is a script": b"GIF89a=1;/*SECRET-PAYLOAD*/alert(1)//",
    "a ZIP": zipped(),
    "a JPEG that is a ZIP": photo() + zipped(),
    "a PNG of 900 megapixels": png_of(30_000, 30_000),
    "a PNG of 144 megapixels": black_and_white(12_000, 12_000),
    "a photo that tells its place": photo(exif=telling_exif()),
    "a photo with a script in its comment": photo(comment=SCRIPT),
    "a truncated photo": photo(size=(400, 300))[:500],
    "a PNG called JPEG": photo(form="PNG"),
    "a JPEG header and a script": b"\xff\xd8\xff" + SCRIPT,
    "a PDF": b"%PDF-1.7 SECRET-PAYLOAD",
    "nothing at all": b"",
}
