"""A file that is looked at first and imported after a yes: the page carries it, so that nobody chooses it twice.

The bytes travel with the page and not through a store of ours: there is nothing to clean up, and what is imported is
what was shown. They are read anew and judged anew when they come back.
"""

import base64
import zlib
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from django import forms

from standards.services.exchange.sheets import MAX_BYTES

# A page with more than this is not sent back and forth; the file is chosen once more.
MOST_CARRIED: Final = 3 * 1024 * 1024


class Upload(NamedTuple):
    """A file's name and its bytes."""

    name: str
    body: bytes


class UploadForm(forms.Form):
    """A file, freshly chosen or carried by the page; `cleaned_data["upload"]` is an `Upload`, or None for neither."""

    file = forms.FileField(required=False, help_text="CSV, XLSX or YAML.")
    carried = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    carried_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        file = cleaned.get("file")
        cleaned["upload"] = None
        if file:
            cleaned["upload"] = Upload(PurePath(file.name).name, file.read())
        elif cleaned.get("carried"):
            cleaned["upload"] = Upload(cleaned.get("carried_name") or "", self._unpacked(cleaned["carried"]))
        return cleaned

    def _unpacked(self, text: str) -> bytes:
        """The bytes of a carried file; unpacked no further than a file may be long."""
        try:
            unpacking = zlib.decompressobj()
            body = unpacking.decompress(base64.b64decode(text, validate=True), MAX_BYTES)
        except (ValueError, zlib.error):
            raise forms.ValidationError("Choose the file once more.", code="carried") from None
        if not unpacking.eof:
            raise forms.ValidationError("Choose the file once more.", code="carried")
        return body


def carried(upload: Upload | None) -> dict[str, str]:
    """The values by which a page carries a file to its next step; nothing for one that is too long to be carried."""
    if upload is None:
        return {}
    text = base64.b64encode(zlib.compress(upload.body)).decode()
    return {"carried": text, "carried_name": upload.name[:200]} if len(text) <= MOST_CARRIED else {}
