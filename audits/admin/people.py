"""Accounts as the audits know them: a person who asks for it can be forgotten."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from audits.admin.roles import ADMINS
from audits.services import erasing
from chains.admin.acting import Act, ActForm, Asked
from chains.admin.people import PersonAdmin
from chains.models import User


class ForgetForm(ActForm):
    """What will go, and the username typed as a yes that nobody gives by accident."""

    username = forms.CharField(max_length=150, label="The username, typed")

    def prepare(self) -> None:
        """Show what will go, and what is in the way."""
        (person,) = self.rows
        plan = erasing.plan_of(person)
        self.fields["username"].help_text = _listed(plan)


def _listed(plan: erasing.Plan) -> SafeString:
    goes = [f"{count} × {name}" for name, count in plan.goes.items()]
    lines = [*plan.hindrances, *plan.warnings, "This will be erased: " + ", ".join(goes) + "."]
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


def _forget(asked: Asked) -> str:
    erasing.ask_to_forget(person=asked.row, by=asked.by, confirmed=asked.values["username"], now=asked.now)
    # No bell: the page first writes down who asked, and that must be erased as well.
    return "It begins within seconds; the list of jobs shows how far it is, and can stop it."


FORGET = Act(
    name="forget",
    title="Forget this person",
    says=(
        "Everything that tells who they are is erased: reports as sent, originals of files, drafts, phones, name and "
        "account. Answers, scores, ratings, receipts, reviewed comments and clean copies of photos stay. Nothing of "
        "this can be undone."
    ),
    roles=ADMINS,
    do=_forget,
    form=ForgetForm,
    hurts=True,
)

admin.site.unregister(User)


@admin.register(User)
class AuditedPersonAdmin(PersonAdmin):
    """Accounts, with what the audits add to them."""

    acts = [*PersonAdmin.acts, FORGET]
