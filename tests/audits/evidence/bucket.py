"""A storage shaped like object storage: names and bytes, neither paths nor folders."""

from datetime import UTC, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage


class Bucket(Storage):
    """Keeps everything in this process."""

    def __init__(self):
        self.kept = {}

    def _open(self, name, mode="rb"):
        if name not in self.kept:
            raise FileNotFoundError(name)
        return ContentFile(self.kept[name][0], name=name)

    def _save(self, name, content):
        self.kept[name] = (content.read(), datetime.now(UTC))
        return name

    def delete(self, name):
        self.kept.pop(name, None)

    def exists(self, name):
        return name in self.kept

    def listdir(self, path):
        below = [name.removeprefix(f"{path}/") for name in self.kept if name.startswith(f"{path}/")]
        return sorted({name.split("/")[0] for name in below if "/" in name}), [n for n in below if "/" not in n]

    def get_modified_time(self, name):
        return self.kept[name][1]
