"""Programmes in the admin: what is audited by which rules, and what is published from it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from audits.admin.roles import PLANNERS, PROGRAMME_READERS
from audits.models import Component, Period, Programme, Series
from chains.admin.scoped import ScopedAdmin, ScopedInline


class OfOneChainForm(forms.ModelForm):
    """What a programme uses must be of its own chain."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        programme = self.cleaned_data.get("programme")
        for name in ("checklist", "brief", "scheme"):
            row = self.cleaned_data.get(name)
            if programme is not None and row is not None and row.chain_id != programme.chain_id:
                self.add_error(name, ValidationError("This belongs to another chain.", code="other-chain"))
        return cleaned


class OfProgramme:
    """Rows of a programme: seen by its readers, kept by planners and office admins."""

    reads = PROGRAMME_READERS
    writes = PLANNERS
    chain = "programme__chain"


class ComponentsInline(OfProgramme, ScopedInline):
    """The checklists used in a programme."""

    model = Component
    form = OfOneChainForm
    deletable = False
    fields = ["code", "name", "checklist", "brief", "channel", "weight", "minimum_coverage"]


class SeriesInline(OfProgramme, ScopedInline):
    """What is published from a programme."""

    model = Series
    form = OfOneChainForm
    deletable = False
    fields = ["code", "name", "scheme", "period_kind"]


@admin.register(Programme)
class ProgrammeAdmin(ScopedAdmin):
    """One audit programme of a chain. One that is over gets an end, never deleted: its visits stay."""

    reads = PROGRAMME_READERS
    writes = PLANNERS
    chain = "chain"
    list_display = ["name", "chain", "automatic_acceptance", "release_mode", "reveal", "ended_on"]
    list_filter = ["chain", "release_mode", "automatic_acceptance"]
    list_select_related = ["chain"]
    search_fields = ["name", "code"]
    inlines = [ComponentsInline, SeriesInline]


@admin.register(Component)
class ComponentAdmin(OfProgramme, ScopedAdmin):
    """A checklist used in a programme."""

    form = OfOneChainForm
    list_display = ["name", "programme", "checklist", "brief", "channel", "weight"]
    list_filter = ["programme", "channel"]
    list_select_related = ["programme", "checklist", "brief"]
    search_fields = ["name", "code", "programme__name"]


@admin.register(Series)
class SeriesAdmin(OfProgramme, ScopedAdmin):
    """What is published from a programme: a scheme applied to a kind of period."""

    form = OfOneChainForm
    list_display = ["name", "programme", "scheme", "period_kind"]
    list_filter = ["programme", "period_kind"]
    list_select_related = ["programme", "scheme"]
    search_fields = ["name", "code", "programme__name"]


@admin.register(Period)
class PeriodAdmin(OfProgramme, ScopedAdmin):
    """Months, quarters and years of a series; opened and closed by the calendar."""

    by_hand = False
    chain = "series__programme__chain"
    list_display = ["series", "starts_on", "ends_on", "closed_at"]
    list_filter = ["series"]
    list_select_related = ["series"]
