"""What past visits are replayed against: a version's content, and the way to it from each version that was audited."""

import uuid
from collections.abc import Mapping, Sequence

from audits.models.compiled import checklist_of as frozen_checklist
from audits.models.compiled import plan_of, scope_of
from audits.scoring.plan import Plan, compile_plan
from audits.scoring.replay import Carriage, carriage_between, comparable, through
from standards.models import ChecklistVersion, VersionState
from standards.models.drafts import checklist_of
from standards.spec.checklist import Checklist

Way = tuple[Carriage | None, Plan]


class Target:
    """A version against which visits of its checklist are replayed; visits of other checklists stay as they are."""

    def __init__(self, version: ChecklistVersion) -> None:
        self.version = version
        self.content: Checklist = checklist_of(version)
        # The versions it was made from, the nearest first, and what each step renamed.
        self.ancestors, self.code_maps = _ancestors(version)
        self._checklist_versions = set(
            ChecklistVersion.objects.filter(checklist_id=version.checklist_id).values_list("pk", flat=True)
        )
        self._ways: dict[tuple[uuid.UUID, uuid.UUID, tuple[str, ...]], Way] = {}
        self._was: dict[uuid.UUID, dict[str, str]] = {}
        self._facilities: dict[uuid.UUID, frozenset[str]] = {}

    def base(self) -> ChecklistVersion | None:
        """What its changes are changes of: the version it was made from, else the newest published before it."""
        if self.version.based_on_id:
            base: ChecklistVersion = ChecklistVersion.objects.select_related("checklist").get(
                pk=self.version.based_on_id
            )
            return base
        earlier = ChecklistVersion.objects.filter(checklist=self.version.checklist_id, number__lt=self.version.number)
        frozen = earlier.exclude(state=VersionState.DRAFT).select_related("checklist")
        newest: ChecklistVersion | None = frozen.order_by("-number").first()
        return newest

    def was(self, version_id: uuid.UUID) -> dict[str, str]:
        """Its codes in an older version: through the versions between, or of the same name where it descends not."""
        if version_id not in self._was:
            steps = self.ancestors.index(version_id) + 1 if version_id in self.ancestors else 0
            self._was[version_id] = through(self.content, self.code_maps[:steps])
        return self._was[version_id]

    def codes_carried(self, version_id: uuid.UUID) -> set[str]:
        """Its codes for which a visit of that version may have answers."""
        if not self.replays(version_id):
            return set()
        before = {standard.code: standard for standard in frozen_checklist(version_id).standards}
        was = self.was(version_id)
        pairs = ((standard, before.get(was.get(standard.code, ""))) for standard in self.content.standards)
        return {standard.code for standard, earlier in pairs if earlier is not None and comparable(earlier, standard)}

    def facilities_asked(self, version_id: uuid.UUID) -> frozenset[str]:
        """Facilities that decide whether a visit would be asked something: those of standards that need other ones."""
        if version_id not in self._facilities:
            was = self.was(version_id)
            before = {standard.code: set(standard.facilities) for standard in frozen_checklist(version_id).standards}
            self._facilities[version_id] = frozenset(
                facility
                for standard in self.content.standards
                if set(standard.facilities) != before.get(was.get(standard.code, ""), set(standard.facilities))
                for facility in standard.facilities
            )
        return self._facilities[version_id]

    def way(self, version_id: uuid.UUID, scope_id: uuid.UUID, facilities: Sequence[str]) -> Way:
        """How answers of a version and scope are carried here and scored, for a branch with these facilities."""
        if not self.moves(version_id):
            return None, plan_of(version_id, scope_id)
        deciding = tuple(sorted(self.facilities_asked(version_id).intersection(facilities)))
        key = (version_id, scope_id, deciding)
        if key not in self._ways:
            carriage = carriage_between(
                frozen_checklist(version_id),
                scope_of(scope_id),
                self.content,
                was=self.was(version_id),
                facilities=deciding,
            )
            self._ways[key] = carriage, compile_plan(self.content, carriage.scope)
        return self._ways[key]

    def replays(self, version_id: uuid.UUID) -> bool:
        """Whether a version is one of the same checklist."""
        return version_id in self._checklist_versions

    def moves(self, version_id: uuid.UUID) -> bool:
        """Whether visits of this version are carried here; others stay as they are."""
        return version_id in self._checklist_versions and version_id != self.version.pk


def _ancestors(version: ChecklistVersion) -> tuple[list[uuid.UUID], list[Mapping[str, str]]]:
    ids: list[uuid.UUID] = []
    maps: list[Mapping[str, str]] = []
    here: ChecklistVersion | None = version
    while here is not None and here.based_on_id and here.based_on_id not in ids:
        ids.append(here.based_on_id)
        maps.append(here.code_map)
        here = ChecklistVersion.objects.only("based_on_id", "code_map").get(pk=here.based_on_id)
    return ids, maps
