"""Quarantine settled and overrides recorded or ended, in the admin."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils.html import format_html_join

from audits import tasks
from audits.admin.judging import offer_assignments
from audits.admin.roles import ADMINS, REVIEWERS
from audits.models import Assignment, Override, Quarantine, Series
from audits.services import overriding, quarantining, receiving
from chains.admin.acting import Act, ActForm, Asked
from chains.models import Device, Location, User
from chains.problems import Problem

LONG = forms.Textarea(attrs={"rows": 3, "cols": 80})


class DeliverForm(ActForm):
    """The report as it came, to be repaired, and the visit it is of where it names the wrong one."""

    text = forms.CharField(
        strip=False,
        label="Report",
        widget=forms.Textarea(attrs={"rows": 24, "cols": 110, "spellcheck": "false", "class": "vLargeTextField"}),
        help_text="The JSON as it came. What you leave alone is delivered to the byte.",
    )
    assignment = forms.ModelChoiceField(
        Assignment.objects.none(),
        required=False,
        empty_label="as the report says",
        help_text="Which visit it is of, where the report names another or none.",
    )
    note = forms.CharField(widget=LONG, required=False)

    def prepare(self) -> None:
        """Show the bytes as text beside their faults, and offer the sender's assignments."""
        row = self.rows[0]
        self.was = quarantining.body_of(row).decode("utf-8", errors="replace")
        self.fields["text"].initial = self.was
        faults = [f"{fault['pointer'] or 'the whole'}: {fault['detail']}" for fault in row.faults]
        if faults:
            self.fields["text"].help_text = format_html_join("", "{}<br>", [(fault,) for fault in faults])
        offer_assignments(self.fields["assignment"], self.by, row.sender_id)

    def repaired(self) -> bytes | None:
        """The report as repaired; None where it was left alone (browsers send line breaks in their own way)."""
        text: str = self.cleaned_data["text"]
        same = text.replace("\r\n", "\n") == self.was.replace("\r\n", "\n")
        return None if same else text.encode()

    def clean(self) -> dict[str, Any]:
        """What the service takes."""
        cleaned = super().clean() or self.cleaned_data
        if "text" in cleaned:
            cleaned["repaired"] = self.repaired()
        return cleaned

    def blame(self, problem: Problem) -> None:
        """Every fault with its place in the report."""
        for fault in problem.errors:
            self.add_error("text", f"{fault.pointer or 'the whole'}: {fault.detail}")
        if not problem.errors:
            super().blame(problem)


class DismissForm(ActForm):
    """Why it is put aside."""

    note = forms.CharField(widget=LONG, help_text="Stays on record.")


class OverrideForm(ActForm):
    """A decision on top of a branch's ratings."""

    series = forms.ModelChoiceField(Series.objects.none())
    location = forms.ModelChoiceField(Location.objects.none())
    outcome = forms.CharField(max_length=60, help_text="A level or other outcome of the series' scheme.")
    reason = forms.CharField(widget=LONG, help_text="Shown with the stars.")
    from_period = forms.DateField(widget=AdminDateWidget, help_text="Any day of the first period it holds for.")
    until = forms.DateField(
        widget=AdminDateWidget, required=False, help_text="Any day of the last period it holds for; open where empty."
    )

    def prepare(self) -> None:
        """Series and branches of the chains whose office the person runs."""
        series: Any = self.fields["series"]
        location: Any = self.fields["location"]
        chains = self.by.chain_ids(*ADMINS)
        published, places = Series.objects.visible_to(self.by), Location.objects.visible_to(self.by)
        if not self.by.is_superuser:
            published, places = published.filter(programme__chain__in=chains), places.filter(chain__in=chains)
        series.queryset, location.queryset = published.select_related("programme"), places
        series.label_from_instance = lambda row: f"{row.programme}: {row}"


class EndForm(ActForm):
    """When an override ends."""

    last = forms.DateField(
        widget=AdminDateWidget,
        required=False,
        help_text="Any day of the last period it holds for; where empty it is taken back altogether.",
    )


def _deliver(asked: Asked) -> str:
    given = asked.values
    name = quarantining.release(
        row_id=asked.row.pk,
        by=asked.by,
        now=asked.now,
        note=given["note"],
        deliver=_receive,
        repaired=given["repaired"],
        assignment_id=given["assignment"].pk if given["assignment"] else None,
    )
    return f"Delivered as submission {name}."


def _receive(name: uuid.UUID, body: bytes, sender: User, device: Device | None, arrived_at: datetime) -> None:
    digest = hashlib.sha256(body).digest()
    receiving.receive(receiving.Arrival(name, body, digest, sender, device, arrived_at))


def _dismiss(asked: Asked) -> str:
    for row in asked.rows:
        quarantining.dismiss(row_id=row.pk, by=asked.by, now=asked.now, note=asked.values["note"])
    return f"{len(asked.rows)} deliveries put aside; their bytes are kept."


def _record(asked: Asked) -> str:
    row = overriding.record(made_by=asked.by, now=asked.now, **asked.values)
    return f"Recorded for {row.location} from {row.from_period}."


def _end(asked: Asked) -> str:
    overriding.end(override_id=asked.row.pk, now=asked.now, last=asked.values["last"])
    return "The override has been ended."


def _waits(row: Quarantine) -> bool:
    return row.state == Quarantine.State.WAITING


def _can_be_delivered(row: Quarantine) -> bool:
    return _waits(row) and row.sender_id is not None


def _holds(row: Override) -> bool:
    return row.ended_at is None


DELIVER = Act(
    name="deliver",
    title="Repair and deliver",
    says="It counts as delivered by its sender when it arrived, repaired or as it came.",
    roles=REVIEWERS,
    do=_deliver,
    then=tasks.ring,
    form=DeliverForm,
    possible=_can_be_delivered,
)
DISMISS = Act(
    name="dismiss",
    title="Put aside",
    says="It will not be delivered. The bytes are kept.",
    roles=REVIEWERS,
    do=_dismiss,
    form=DismissForm,
    on="rows",
    possible=_waits,
    hurts=True,
)
RECORD = Act(
    name="record",
    title="Record an override",
    says="The decision is shown as one, with its reason, on top of the rating, which stays as it is.",
    roles=ADMINS,
    do=_record,
    form=OverrideForm,
    on="none",
    hurts=True,
)
END = Act(
    name="end",
    title="End the override",
    says="From the period after its last one, the rating itself is shown again.",
    roles=ADMINS,
    do=_end,
    form=EndForm,
    possible=_holds,
    hurts=True,
)
