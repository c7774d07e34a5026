"""Filters of the list of standards that go by what the chosen version holds."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from standards.admin.drafts import person
from standards.models import ChecklistVersion, Section, Standard
from standards.services import authoring

VERSION = "version__id__exact"


def version_chosen(request: HttpRequest) -> ChecklistVersion | None:
    """The version that the list is narrowed to, if the person may see it, or the only one there is; asked once."""
    if not hasattr(request, "version_chosen"):
        key, found = request.GET.get(VERSION, ""), None
        rows = ChecklistVersion.objects.visible_to(person(request)).select_related("checklist").defer("body")
        if len(key) in (32, 36) and all(letter in "0123456789abcdef-" for letter in key):
            found = rows.filter(pk=key).first()
        elif not key:
            some = list(rows[:2])
            found = some[0] if len(some) == 1 else None
        request.version_chosen = found  # type: ignore[attr-defined]
    chosen: ChecklistVersion | None = request.version_chosen  # type: ignore[attr-defined]
    return chosen


class ByVersion(admin.SimpleListFilter):
    """Standards of one version, the newest versions first."""

    title = "version"
    parameter_name = VERSION

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        rows = ChecklistVersion.objects.visible_to(person(request)).select_related("checklist").defer("body")
        ordered = rows.order_by("checklist__name", "-number")
        return [(str(row.pk), f"{row} ({row.get_state_display().lower()})") for row in ordered]

    def has_output(self) -> bool:
        return bool(self.lookup_choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        version = version_chosen(request)
        return queryset.filter(version=version) if version else queryset.none()


class OfVersion(admin.SimpleListFilter):
    """A filter that is there only once the list is narrowed to one version."""

    def has_output(self) -> bool:
        return bool(self.lookup_choices)


class BySection(OfVersion):
    """Standards of one section."""

    title = "section"
    parameter_name = "section"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        version = version_chosen(request)
        if version is None:
            return []
        return [(one.code, str(one)) for one in Section.objects.filter(version=version).order_by("position")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(section__code=self.value()) if self.value() else queryset


class ByClassification(OfVersion):
    """Standards of one classification."""

    title = "classification"
    parameter_name = "classification"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        version = version_chosen(request)
        return [(row["code"], row["name"]) for row in version.classifications] if version else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(classification=self.value()) if self.value() else queryset


class ChangedSincePublished(OfVersion):
    """Standards that are new or different since the version before."""

    title = "changed since published"
    parameter_name = "changed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [("yes", "New or different"), ("no", "As before")] if version_chosen(request) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        version = version_chosen(request)
        if self.value() not in ("yes", "no") or version is None:
            return queryset
        base = authoring.base_of(version)
        if base is None:
            codes = set(Standard.objects.filter(version=version).values_list("code", flat=True))
        else:
            codes = authoring.difference(old=base, new=version).codes()
        return queryset.filter(code__in=codes) if self.value() == "yes" else queryset.exclude(code__in=codes)
