"""Which standards of two versions are the same one, though an editor gave it another code in between.

A version keeps `code_map`: its new codes → the codes in the version it was made from. Followed back through every
version in between, that names each standard by the code under which it was first published: its origin. Publishing
refuses a code that an earlier version used for another standard, so that an origin stands for one standard for ever.
"""

import uuid
from collections.abc import Iterable, Mapping

from standards.models.checklists import ChecklistVersion


class Lineage:
    """The versions of one checklist and how their codes follow from each other. Made with one query."""

    def __init__(self, checklist_id: uuid.UUID) -> None:
        rows = ChecklistVersion.objects.filter(checklist_id=checklist_id).order_by()
        self._made_from: dict[uuid.UUID, tuple[uuid.UUID | None, Mapping[str, str]]] = {
            version: (base, code_map) for version, base, code_map in rows.values_list("pk", "based_on_id", "code_map")
        }

    def ancestors(self, version_id: uuid.UUID) -> list[uuid.UUID]:
        """The versions that this one was made from, its base first."""
        found: list[uuid.UUID] = []
        base, _ = self._made_from[version_id]
        while base is not None:
            found.append(base)
            base, _ = self._made_from[base]
        return found

    def origins(self, version_id: uuid.UUID, codes: Iterable[str]) -> dict[str, str]:
        """The origin of each of a version's codes."""
        maps = [self._made_from[one][1] for one in (version_id, *self.ancestors(version_id))]
        return {code: _followed(code, maps) for code in codes}

    def between(
        self, *, old: uuid.UUID, old_codes: Iterable[str], new: uuid.UUID, new_codes: Iterable[str]
    ) -> dict[str, str]:
        """Code in the new version → code in the old one, for every standard that both have; unchanged codes too.

        Neither needs to be made from the other: a trend may compare any two versions of a checklist.
        """
        of_old = {origin: code for code, origin in self.origins(old, old_codes).items()}
        of_new = self.origins(new, new_codes)
        return {code: of_old[origin] for code, origin in of_new.items() if origin in of_old}


def _followed(code: str, maps: Iterable[Mapping[str, str]]) -> str:
    for code_map in maps:
        code = code_map.get(code, code)
    return code
