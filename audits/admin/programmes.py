"""Programmes in the admin: what is audited by which rules, and what is published from it.

Forms ask the arranging service, so that what results rest on cannot be changed here either.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils import timezone

from audits.admin.roles import PLANNERS, PROGRAMME_READERS
from audits.admin.trying import try_scheme_pages
from audits.models import Component, Evidence, Period, Programme, Series
from audits.services import arranging
from chains.admin.scoped import ScopedAdmin, ScopedInline
from chains.problems import Problem


class ArrangedForm(forms.ModelForm):
    """A form whose values go to the arranging service: tried while they are checked, done when they are saved."""

    def add(self, values: dict[str, Any], now: datetime) -> Any:
        """Make the row. Raises Problem."""
        raise NotImplementedError

    def change(self, values: dict[str, Any], now: datetime) -> Any:
        """Change the row. Raises Problem."""
        raise NotImplementedError

    def arrange(self, now: datetime) -> Any:
        """Make or change the row as the form says. Raises Problem."""
        values = {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}
        return self.add(values, now) if self.instance._state.adding else self.change(values, now)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            try:
                with transaction.atomic():
                    self.arrange(timezone.now())
                    transaction.set_rollback(True)
            except Problem as problem:
                self._blame(problem)
        return cleaned

    def _blame(self, problem: Problem) -> None:
        for fault in problem.errors:
            name = fault.pointer.strip("/")
            self.add_error(name if name in self.fields else None, fault.detail)
        if not problem.errors:
            self.add_error(None, problem.detail or problem.kind.title)


class ProgrammeForm(ArrangedForm):
    """The rules of a programme."""

    evidence_types = forms.MultipleChoiceField(
        choices=Evidence.Type.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def add(self, values: dict[str, Any], now: datetime) -> Programme:
        """A new programme."""
        return arranging.add_programme(chain=values.pop("chain"), values=values)

    def change(self, values: dict[str, Any], now: datetime) -> Programme:
        """Other rules."""
        return arranging.change_programme(programme_id=self.instance.pk, values=values)


class ComponentForm(ArrangedForm):
    """A checklist in a programme."""

    def add(self, values: dict[str, Any], now: datetime) -> Component:
        """A new component."""
        return arranging.add_component(programme=values.pop("programme"), values=values)

    def change(self, values: dict[str, Any], now: datetime) -> Component:
        """A changed component."""
        return arranging.change_component(component_id=self.instance.pk, values=values)


class SeriesForm(ArrangedForm):
    """A scheme applied to a kind of period."""

    def add(self, values: dict[str, Any], now: datetime) -> Series:
        """A new series."""
        return arranging.add_series(programme=values.pop("programme"), values=values, now=now)

    def change(self, values: dict[str, Any], now: datetime) -> Series:
        """A changed series."""
        return arranging.change_series(series_id=self.instance.pk, values=values)


class OfProgramme:
    """Rows of a programme: seen by its readers, kept by planners and office admins."""

    reads = PROGRAMME_READERS
    writes = PLANNERS
    chain = "programme__chain"


class ArrangedAdmin(ScopedAdmin):
    """Pages whose forms the arranging service saves; `belongs_to` is chosen once and for ever."""

    belongs_to = "programme"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else [*fields, self.belongs_to]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = form.arrange(timezone.now()).pk


class ComponentsInline(OfProgramme, ScopedInline):
    """The checklists used in a programme, with the way to each."""

    model = Component
    by_hand = False
    show_change_link = True
    fields = ["code", "name", "checklist", "brief", "channel", "weight"]


class SeriesInline(OfProgramme, ScopedInline):
    """What is published from a programme, with the way to each."""

    model = Series
    by_hand = False
    show_change_link = True
    fields = ["code", "name", "scheme", "period_kind"]


@admin.register(Programme)
class ProgrammeAdmin(ArrangedAdmin):
    """One audit programme of a chain. One that is over gets an end, never deleted: its visits stay."""

    form = ProgrammeForm
    belongs_to = "chain"
    reads = PROGRAMME_READERS
    writes = PLANNERS
    chain = "chain"
    list_display = ["name", "chain", "automatic_acceptance", "release_mode", "reveal", "ended_on"]
    list_filter = ["chain", "release_mode", "automatic_acceptance"]
    list_select_related = ["chain"]
    search_fields = ["name", "code"]
    inlines = [ComponentsInline, SeriesInline]


@admin.register(Component)
class ComponentAdmin(OfProgramme, ArrangedAdmin):
    """A checklist used in a programme."""

    form = ComponentForm
    list_display = ["name", "programme", "checklist", "brief", "channel", "weight"]
    list_filter = ["programme", "channel"]
    list_select_related = ["programme", "checklist", "brief"]
    search_fields = ["name", "code", "programme__name"]


@admin.register(Series)
class SeriesAdmin(OfProgramme, ArrangedAdmin):
    """What is published from a programme: a scheme applied to a kind of period."""

    form = SeriesForm
    list_display = ["name", "programme", "scheme", "period_kind"]
    list_filter = ["programme", "period_kind"]
    list_select_related = ["programme", "scheme"]
    search_fields = ["name", "code", "programme__name"]

    def get_urls(self) -> list[URLPattern]:
        return [*try_scheme_pages(self), *super().get_urls()]


@admin.register(Period)
class PeriodAdmin(OfProgramme, ScopedAdmin):
    """Months, quarters and years of a series; opened and closed by the calendar."""

    by_hand = False
    chain = "series__programme__chain"
    list_display = ["series", "starts_on", "ends_on", "closed_at"]
    list_filter = ["series"]
    list_select_related = ["series"]
