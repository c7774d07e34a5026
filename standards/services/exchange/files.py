"""A file on its way out: its name, media type and bytes."""

from dataclasses import dataclass

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "yaml": "application/yaml"}


@dataclass(frozen=True)
class File:
    """A file to send: its name, media type and bytes."""

    name: str
    content_type: str
    body: bytes
