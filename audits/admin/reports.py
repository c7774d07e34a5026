"""Reports in the admin: what one phone sent for one visit, on one page, with everything to judge it by."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from audits.admin.evidence import may_be_had
from audits.admin.judging import ACCEPT, AMEND, MATCH, RETURN, STANDING, VOID, WITHDRAW
from audits.admin.months import by_month
from audits.admin.roles import REVIEWERS
from audits.api.office_report import report_of
from audits.models import Evidence, Submission
from chains.admin.acting import ActingAdmin
from chains.models import User

VISIT = "assignment__audit"
# Which answers the page shows: those worth a look, or all of them.
NOTABLE, ALL = "notable", "all"


@admin.register(Submission)
class SubmissionAdmin(ActingAdmin):
    """What one phone sent for one assignment. Nobody judges, or even sees, their own."""

    reads = REVIEWERS
    chain = f"{VISIT}__programme__chain"
    by_hand = False
    acts = [MATCH, ACCEPT, RETURN, AMEND, WITHDRAW, VOID]
    change_form_template = "audits/report.html"
    list_display = ["place", "state", "outcome", "visited_on", "auditor", "received_at", "noted"]
    list_filter = [
        "state",
        f"{VISIT}__programme",
        by_month("visited_on", "month of the visit"),
        "outcome",
        f"{VISIT}__location",
    ]
    list_select_related = [f"{VISIT}__location", f"{VISIT}__component", "sender"]
    search_fields = ["id", f"{VISIT}__location__name", f"{VISIT}__location__code", "sender__username"]
    date_hierarchy = "visited_on"

    def rows_for(self, user: User, roles: Any) -> QuerySet[Any]:
        """The reports that the person may judge, unmatched ones of the office's auditors among them."""
        if not self.held_by(user, roles):
            return Submission.objects.none()
        return Submission.objects.to_review_by(user)

    @admin.display(description="visit", ordering=f"{VISIT}__location__code")
    def place(self, submission: Submission) -> str:
        """Branch and component, or that nobody knows which."""
        if submission.assignment is None:
            return "of an unknown assignment"
        audit = submission.assignment.audit
        return f"{audit.location} · {audit.component}"

    @admin.display(description="auditor", ordering="sender__username")
    def auditor(self, submission: Submission) -> str:
        """Who sent it."""
        return str(submission.sender or "forgotten")

    @admin.display(description="flags")
    def noted(self, submission: Submission) -> str:
        """The flags in one line."""
        return ", ".join(submission.flags)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The report by sections: what was answered, said, shown, asked and corrected."""
        submission = self.get_object(request, unquote(object_id))
        context = dict(extra_context or {})
        if submission is not None:
            show = ALL if request.GET.get("show") == ALL else NOTABLE
            context |= {"title": self.place(submission), "subtitle": None, **self._report(request, submission, show)}
        return super().change_view(request, object_id, form_url, context)

    def _report(self, request: HttpRequest, submission: Submission, show: str) -> dict[str, Any]:
        report = report_of(submission)
        files = {
            row.id: row
            for row in Evidence.objects.filter(submission_id=submission.pk).exclude(state=Evidence.State.CONFLICT)
        }
        for file in report["evidence"]:
            row = files.get(file["id"])
            if row is not None:
                file["page"] = reverse("admin:audits_evidence_change", args=(row.pk,))
                file["url"] = reverse("admin:audits_evidence_file", args=(row.pk,)) if may_be_had(row) else ""
                file["copy"] = row.copy_state
                file["audience"] = row.audience or ("branch" if row.type == Evidence.Type.PHOTO else "office")
        for section in report["sections"]:
            answers = section["answers"]
            section["count"] = len(answers)
            for answer in answers:
                answer["amended"] = answer["answer"] != answer["sent"]
                answer["failed"] = answer["state"] == "failed"
            section["failed"] = sum(answer["failed"] for answer in answers)
            section["shown"] = [answer for answer in answers if show == ALL or _notable(answer)]
        _in_words(report["timing"])
        judge = self.holds(request, REVIEWERS) and submission.assignment is not None and submission.state in STANDING
        return {
            "report": report,
            "show": show,
            "ask_url": self._link(RETURN, submission.pk)["url"] if judge else "",
            "amend_url": self._link(AMEND, submission.pk)["url"] if judge else "",
        }


def _notable(answer: dict[str, Any]) -> bool:
    """Failed, commented, shown or corrected, or asked and not answered."""
    looked_at = answer["failed"] or answer["amended"] or answer["comment"] or answer["evidence"]
    return bool(looked_at) or answer["answer"] is None


def _in_words(timing: dict[str, Any]) -> None:
    """Moments and durations as people read them, in the branch's time; Django's own filter would tell them in UTC."""
    moments = [moment for moment in (timing["entered_from"], timing["entered_until"]) if moment]
    timing["entered"] = " to ".join(f"{moment.day} {moment:%B %Y, %H:%M (%Z)}" for moment in moments)
    entering = timing["entering"]
    if entering is None:
        return
    entering["active"] = _length(entering["active_seconds"])
    for one in (*entering["pauses"], *entering["sections"]):
        one["length"] = _length(one["seconds"])


def _length(seconds: int) -> str:
    """ "2 h 05 min", "7 min", "40 s"."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
