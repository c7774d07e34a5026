"""Planning in the admin: visits planned, given to auditors, taken away, called off, missed, released."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget

from audits import tasks
from audits.admin.roles import ADMINS, PLANNERS
from audits.models import Assignment, Audit, Component
from audits.models.windows import WindowRules
from audits.services import planning, releasing
from chains.admin.acting import Act, ActForm, Asked, ReasonForm
from chains.models import Location, User

OPEN = (Audit.State.PLANNED, Audit.State.ASSIGNED)
LIVING = (Assignment.State.OFFERED, Assignment.State.ACCEPTED)


class PlanForm(ActForm):
    """Visits of one component: one for each of the branches chosen, in the same window."""

    component = forms.ModelChoiceField(Component.objects.none())
    locations = forms.ModelMultipleChoiceField(
        Location.objects.none(), widget=forms.SelectMultiple(attrs={"size": 12}), help_text="One visit for each."
    )
    window_from = forms.DateField(widget=AdminDateWidget, label="From", help_text="The first local day.")
    window_until = forms.DateField(widget=AdminDateWidget, label="Until", help_text="The last local day.")
    deliver_by = forms.DateField(
        widget=AdminDateWidget,
        required=False,
        help_text="The last day on which the report is in time; a week after the window where empty.",
    )
    kind = forms.ChoiceField(choices=Audit.Kind.choices)

    def prepare(self) -> None:
        """Components and branches of the chains that the person plans for."""
        components: Any = self.fields["component"]
        locations: Any = self.fields["locations"]
        chains = self.by.chain_ids(*PLANNERS)
        every = self.by.is_superuser
        seen = Component.objects.visible_to(self.by).select_related("programme__chain")
        components.queryset = seen if every else seen.filter(programme__chain_id__in=chains)
        components.label_from_instance = lambda row: f"{row.programme.chain}: {row.programme}, {row}"
        places = Location.objects.visible_to(self.by).select_related("chain")
        locations.queryset = places if every else places.filter(chain_id__in=chains)
        locations.label_from_instance = lambda row: f"{row.chain}: {row}"


class AuditorForm(ActForm):
    """To whom visits are given."""

    auditor = forms.ModelChoiceField(User.objects.none(), help_text="An auditor of your office.")

    def prepare(self) -> None:
        """The auditors whom the person may send."""
        auditor: Any = self.fields["auditor"]
        auditor.queryset = User.objects.auditors_sent_by(self.by).order_by("username")


def _plan(asked: Asked) -> str:
    given = asked.values
    visits = [
        planning.Visit(
            location=location,
            window_from=given["window_from"],
            window_until=given["window_until"],
            kind=given["kind"],
            rules=WindowRules(deliver_by=given["deliver_by"]),
        )
        for location in given["locations"]
    ]
    audits = planning.plan_many(component=given["component"], visits=visits, now=asked.now)
    return f"{len(audits)} visits planned."


def _assign(asked: Asked) -> str:
    auditor = asked.values["auditor"]
    given = planning.assign_many(duties=[planning.Duty(row.pk, auditor) for row in asked.rows], now=asked.now)
    return f"{len(given)} visits offered to {auditor}."


def _cancel(asked: Asked) -> str:
    for audit in asked.rows:
        planning.cancel(audit_id=audit.pk, now=asked.now, reason=asked.values["reason"])
    return f"{len(asked.rows)} visits called off."


def _missed(asked: Asked) -> str:
    count = planning.mark_missed(now=asked.now, among=[row.pk for row in asked.rows])
    return f"{count} of {len(asked.rows)} visits marked as missed; of the others the last day is not over."


def _release(asked: Asked) -> str:
    count = releasing.release_now(audit_ids=[row.pk for row in asked.rows], now=asked.now)
    return f"{count} visits released."


def _withdraw(asked: Asked) -> str:
    for assignment in asked.rows:
        planning.withdraw(assignment_id=assignment.pk, now=asked.now, reason=asked.values["reason"])
    return f"{len(asked.rows)} visits taken back; they can be given to others."


PLAN = Act(
    name="plan",
    title="Plan visits",
    says="Each visit gets the latest published version of its checklist and a frozen scope.",
    roles=PLANNERS,
    do=_plan,
    form=PlanForm,
    on="none",
)
ASSIGN = Act(
    name="assign",
    title="Give to an auditor",
    says="The visits are offered to one auditor, all of them or none.",
    roles=PLANNERS,
    do=_assign,
    form=AuditorForm,
    on="rows",
    possible=lambda audit: audit.state == Audit.State.PLANNED,
)
CANCEL = Act(
    name="cancel",
    title="Call off",
    says="The visits will not take place; whoever was to make them is told. What is delivered all the same is kept.",
    roles=PLANNERS,
    do=_cancel,
    form=ReasonForm,
    on="rows",
    possible=lambda audit: audit.state in OPEN,
    hurts=True,
)
MISSED = Act(
    name="missed",
    title="Mark as missed",
    says="Visits whose last day for the report is over are marked as missed; a later report revives them.",
    roles=PLANNERS,
    do=_missed,
    on="rows",
    possible=lambda audit: audit.state in OPEN,
)
RELEASE = Act(
    name="release",
    title="Release now",
    says="Managers see these accepted visits from now on, before the programme would show them. It cannot be undone.",
    roles=ADMINS,
    do=_release,
    then=tasks.ring,
    on="rows",
    possible=lambda audit: audit.state == Audit.State.ACCEPTED,
    hurts=True,
)
WITHDRAW = Act(
    name="withdraw",
    title="Take back",
    says="The visits are taken from their auditors and can be given to others.",
    roles=PLANNERS,
    do=_withdraw,
    form=ReasonForm,
    on="rows",
    possible=lambda assignment: assignment.state in LIVING,
    hurts=True,
)
