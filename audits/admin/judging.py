"""Judging in the admin: reports matched, accepted, returned with questions, corrected, withdrawn, declared void."""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget

from audits import tasks
from audits.admin.roles import REVIEWERS
from audits.models import Amendment, Assignment, Audit, Observation, Submission
from audits.models.compiled import scope_of
from audits.services import receiving, reviewing
from chains.admin.acting import Act, ActForm, Asked
from chains.models import User

OPEN = (Submission.State.RECEIVED, Submission.State.RETURNED)
STANDING = (*OPEN, Submission.State.ACCEPTED)
ENDED = (Assignment.State.DECLINED, Assignment.State.ABORTED, Assignment.State.WITHDRAWN)
LONG = forms.Textarea(attrs={"rows": 3, "cols": 80})
# "ARR-001: Who was at the desk?", the key being one of the visit's.
KEYED = re.compile(r"(?P<key>[A-Za-z0-9][\w.\-]*(?:@[\w\-]+)?):\s+(?P<text>.+)")


class AcceptForm(ActForm):
    """The day the visit counts on, and the comments that the branch may read."""

    visited_on = forms.DateField(
        widget=AdminDateWidget, required=False, help_text="The day the visit counts on; as believed where empty."
    )
    daypart = forms.ChoiceField(choices=[("", "not said"), *Audit.Daypart.choices], required=False)
    comments = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80}),
        required=False,
        help_text="What the branch may read, one comment a line, after a standard's code: “ARR-001: Nobody was there.”",
    )
    note = forms.CharField(widget=LONG, required=False, help_text="For the office.")

    def clean_comments(self) -> dict[str, str]:
        """Comments by answer key."""
        found = {}
        for key, text in _keyed_lines(self.cleaned_data["comments"]):
            if not key:
                raise forms.ValidationError(f"Write a standard's code and a colon before “{text[:40]}”.")
            found[key] = text
        return found


class ReturnForm(ActForm):
    """Questions to the auditor."""

    queries = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80}),
        label="Questions",
        help_text="One question a line, after a standard's code where it is about one: “ARR-001: Who was at the desk?”",
    )
    due_on = forms.DateField(widget=AdminDateWidget, required=False, help_text="Until when the answer is awaited.")
    note = forms.CharField(widget=LONG, required=False, help_text="For the office.")

    def clean_queries(self) -> list[reviewing.Question]:
        """The questions, each with the answer key it is about, if any."""
        keys = _keys_of(self.rows[0])
        lines = _keyed_lines(self.cleaned_data["queries"])
        return [
            reviewing.Question(k, t) if k in keys else reviewing.Question("", f"{k}: {t}" if k else t) for k, t in lines
        ]


class AmendForm(ActForm):
    """One answer corrected."""

    answer_key = forms.ChoiceField(label="Standard")
    after = forms.CharField(
        max_length=60,
        required=False,
        label="Answer",
        help_text="As a phone sends it: met, not_met, na, a number, the code of an option; empty for not assessed.",
    )
    reason = forms.CharField(widget=LONG, help_text="Stays on record with the correction.")
    source = forms.ChoiceField(choices=Amendment.Source.choices)

    def prepare(self) -> None:
        """The keys that this visit was asked."""
        keys: Any = self.fields["answer_key"]
        keys.choices = [(key, key) for key in _keys_of(self.rows[0])]


class VoidForm(ActForm):
    """Why a report is void."""

    note = forms.CharField(widget=LONG, help_text="Stays on record.")


class MatchForm(ActForm):
    """Which visit a report is of."""

    assignment = forms.ModelChoiceField(
        Assignment.objects.none(), help_text="An assignment of the person who sent the report."
    )

    def prepare(self) -> None:
        """The sender's assignments in the chains that the person asking reviews for."""
        offer_assignments(self.fields["assignment"], self.by, self.rows[0].sender_id)


def offer_assignments(field: Any, by: User, sender_id: int | None) -> None:
    """Offer the assignments of a sender in the chains that `by` reviews for, the latest first, by branch and window."""
    rows = Assignment.objects.visible_to(by).filter(auditor_id=sender_id)
    if not by.is_superuser:
        rows = rows.filter(audit__programme__chain__in=by.chain_ids(*REVIEWERS))
    field.queryset = rows.select_related("audit__location", "audit__component").order_by("-audit__window_from", "pk")
    field.label_from_instance = _visit_of


def _visit_of(row: Assignment) -> str:
    audit = row.audit
    return f"{audit.location} · {audit.component} · {audit.window_from} to {audit.window_until} · {row.state}"


def _keys_of(submission: Submission) -> tuple[str, ...]:
    observation = Observation.objects.filter(submission=submission).first()
    return scope_of(observation.scope_id).keys if observation else ()


def _keyed_lines(text: str) -> list[tuple[str, str]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [(KEYED.fullmatch(line), line) for line in lines]
    return [(match["key"], match["text"]) if match else ("", line) for match, line in found]


def _accept(asked: Asked) -> str:
    given = asked.values
    reviewing.accept(
        submission_id=asked.row.pk,
        reviewer=asked.by,
        now=asked.now,
        note=given["note"],
        visited_on=given["visited_on"],
        daypart=given["daypart"],
        comments=given["comments"],
    )
    return "The report is accepted."


def _return(asked: Asked) -> str:
    given = asked.values
    reviewing.return_with_queries(
        submission_id=asked.row.pk,
        reviewer=asked.by,
        questions=given["queries"],
        now=asked.now,
        due_on=given["due_on"],
        note=given["note"],
    )
    return "The report was sent back with your questions."


def _amend(asked: Asked) -> str:
    given = asked.values
    correction = reviewing.Correction(given["answer_key"], given["after"].strip(), given["reason"])
    reviewing.amend(
        submission_id=asked.row.pk,
        made_by=asked.by,
        corrections=[correction],
        source=given["source"],
        now=asked.now,
    )
    return f"{correction.answer_key} is corrected; the report is scored anew."


def _void(asked: Asked) -> str:
    reviewing.void(submission_id=asked.row.pk, reviewer=asked.by, now=asked.now, note=asked.values["note"])
    return "The report is void."


def _withdraw(asked: Asked) -> str:
    reviewing.withdraw(submission_id=asked.row.pk, reviewer=asked.by, now=asked.now, note=asked.values["note"])
    return "The report is withdrawn. A phone that sends it again is told so."


def _match(asked: Asked) -> str:
    assignment = asked.values["assignment"]
    receiving.match(submission_id=asked.row.pk, assignment_id=assignment.pk, now=asked.now)
    return f"The report is one of {assignment.audit} now, and is scored."


def _is_unmatched(row: Submission) -> bool:
    ended = row.assignment is None or row.assignment.state in ENDED
    return ended and row.state == Submission.State.RECEIVED


ACCEPT = Act(
    name="accept",
    title="Accept",
    says="The report becomes the one that counts for its visit.",
    roles=REVIEWERS,
    do=_accept,
    then=tasks.ring,
    form=AcceptForm,
    possible=lambda row: row.state in OPEN,
)
RETURN = Act(
    name="return",
    title="Return with questions",
    says="The auditor gets the report back with your questions and sends a corrected one.",
    roles=REVIEWERS,
    do=_return,
    form=ReturnForm,
    possible=lambda row: row.state in OPEN,
)
AMEND = Act(
    name="amend",
    title="Correct an answer",
    says="The answer as sent stays on record beside the correction; whatever was made from it is made anew.",
    roles=REVIEWERS,
    do=_amend,
    then=tasks.ring,
    form=AmendForm,
    possible=lambda row: row.state in STANDING,
)
VOID = Act(
    name="void",
    title="Declare void",
    says="The report no longer counts. If it was released, its branch is rated anew without it.",
    roles=REVIEWERS,
    do=_void,
    then=tasks.ring,
    form=VoidForm,
    possible=lambda row: row.state in STANDING,
    hurts=True,
)
WITHDRAW = Act(
    name="withdraw",
    title="Withdraw",
    says="For a report that should never have been sent. Its id is refused from now on, what was sent is kept, and its "
    "visit waits for another report.",
    roles=REVIEWERS,
    do=_withdraw,
    form=VoidForm,
    possible=lambda row: row.state in OPEN,
    hurts=True,
)
MATCH = Act(
    name="match",
    title="Match to a visit",
    says="The report is taken as if the phone had named this assignment when it delivered.",
    roles=REVIEWERS,
    do=_match,
    then=tasks.ring,
    form=MatchForm,
    possible=_is_unmatched,
)
