"""Rehearsals in the admin: begun from the page of a draft, watched, stopped, read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from audits import tasks
from audits.models import Rehearsal, Series
from audits.services import rehearsing
from chains.access import WRITERS_OF_STANDARDS
from chains.admin.acting import Act, ActForm, ActingAdmin, Asked
from chains.models import User
from chains.services import stopping
from standards.models import ChecklistVersion, SchemeVersion


class BeginForm(ActForm):
    """What is rehearsed, and on which visits."""

    series = forms.ModelChoiceField(Series.objects.none(), help_text="Whose stars are looked at.")
    version = forms.ModelChoiceField(
        ChecklistVersion.objects.none(),
        required=False,
        label="Standards",
        help_text="A draft or a published version; where empty, visits stay with the standards they were audited with.",
    )
    scheme_version = forms.ModelChoiceField(
        SchemeVersion.objects.none(),
        required=False,
        label="Scheme",
        help_text="A draft or a published version; where empty, the scheme in force in the period.",
    )
    day = forms.DateField(
        widget=AdminDateWidget,
        required=False,
        label="Period",
        help_text="Any day of it; where empty, the newest that has stars.",
    )

    def prepare(self) -> None:
        """What is of the chains whose standards the person writes."""
        series: Any = self.fields["series"]
        version: Any = self.fields["version"]
        scheme: Any = self.fields["scheme_version"]
        chains = self.by.own_chain_ids(*WRITERS_OF_STANDARDS)
        rows = Series.objects.visible_to(self.by).select_related("programme")
        versions = ChecklistVersion.objects.visible_to(self.by).select_related("checklist").defer("body")
        schemes = SchemeVersion.objects.visible_to(self.by).select_related("scheme").defer("document")
        if not self.by.is_superuser:
            rows, versions = rows.filter(programme__chain__in=chains), versions.filter(chain__in=chains)
            schemes = schemes.filter(scheme__chain__in=chains)
        series.queryset, version.queryset, scheme.queryset = rows, versions, schemes
        series.label_from_instance = lambda row: f"{row.programme}: {row}"
        version.label_from_instance = lambda row: f"{row} ({row.get_state_display().lower()})"
        scheme.label_from_instance = lambda row: f"{row} ({'published' if row.published_at else 'draft'})"


def _begin(asked: Asked) -> str:
    job = rehearsing.start(by=asked.by, now=asked.now, **asked.values)
    transaction.on_commit(lambda: tasks.ring_for(job))
    return "The rehearsal has been asked for."


def _stop(asked: Asked) -> str:
    stopping.stop_job(job_id=asked.row.pk, user=asked.by)
    return "The rehearsal has been asked to stop."


BEGIN = Act(
    name="begin",
    title="Rehearse",
    says="Past visits are replayed against the standards and the scheme chosen here. Nothing is published and no star "
    "changes; what comes out is shown to you alone.",
    roles=WRITERS_OF_STANDARDS,
    do=_begin,
    form=BeginForm,
    on="none",
)
STOP = Act(
    name="stop",
    title="Stop",
    says="What was found so far is thrown away.",
    roles=WRITERS_OF_STANDARDS,
    do=_stop,
    possible=lambda row: not row.has_ended,
)


@admin.register(Rehearsal)
class RehearsalAdmin(ActingAdmin):
    """One's own rehearsals."""

    reads = WRITERS_OF_STANDARDS
    by_hand = False
    acts = (BEGIN, STOP)
    list_display = ["created_at", "state", "standards", "progress", "finished_at"]
    list_filter = ["state"]
    change_form_template = "audits/rehearsal.html"

    def scope(self, user: User, roles: Any) -> Q | None:
        """Whatever is visible: jobs know their owner."""
        return Q()

    @admin.display(description="progress")
    def progress(self, job: Rehearsal) -> str:
        """Done of total."""
        return f"{job.done} of {job.total or '?'}"

    @admin.display(description="standards")
    def standards(self, job: Rehearsal) -> str:
        """What was rehearsed, once it is known."""
        result = job.result or {}
        return str((result.get("checklist") or result.get("scheme") or {}).get("name", ""))

    def _done(self, request: HttpRequest, act: Act, rows: list[Any], told: str) -> HttpResponse:
        """After a beginning to the page of the rehearsal, the newest of one's own."""
        answer = super()._done(request, act, rows, told)
        mine = Rehearsal.objects.filter(owner=request.user.pk).order_by("-created_at").first()
        if act is not BEGIN or mine is None:
            return answer
        return HttpResponseRedirect(reverse("admin:audits_rehearsal_change", args=(mine.pk,)))
