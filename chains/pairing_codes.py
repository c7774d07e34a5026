"""What a pairing code looks like to a phone's camera."""

import json

import segno


def qr_payload(code: str, url: str) -> str:
    """The text of a pairing QR: version, address of the API, code."""
    return json.dumps({"v": 1, "url": url, "code": code}, separators=(",", ":"))


def qr_svg(payload: str) -> str:
    """A QR as an SVG document that fills the place it is given."""
    svg: str = segno.make(payload, error="m").svg_inline(omitsize=True)
    return svg
