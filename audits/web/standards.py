"""Which standards fail most, which fell most, which nobody fails any more, and where one of them fails."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from audits.results.failing import where_failed
from audits.results.standards import LEAST_ANSWERS, QUESTIONS, standards_of
from audits.web.choosing import asker, choice_of
from audits.web.pages import Page
from chains.problems import NOT_FOUND, Problem

SHOWN = 20
TITLES = {
    "most-failed": "Most often not met",
    "biggest-fall": "Biggest fall since the period before",
    "no-longer-failed": "Nobody fails any more",
}


class Standards(Page):
    """The answer to one question at a time, over a group or all branches the reader may see."""

    template = "standards.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The list with its pickers. Raises Problem (not-found)."""
        choice = choice_of(request, with_groups=True)
        if choice.asked is None:
            return {"choice": choice}
        wanted = request.GET.get("question", "")
        question = next((one for one in QUESTIONS if one == wanted), QUESTIONS[0])
        found = standards_of(asker(request), choice.asked, question=question, limit=SHOWN)
        return {
            "choice": choice,
            "question": question,
            "questions": list(TITLES.items()),
            "title": TITLES[question],
            "found": found,
            "least": LEAST_ANSWERS,
            "file": f"{reverse('standards-failing-file')}?{choice.query(question=question, limit='200')}",
        }


class WhereFailed(Page):
    """The branches where one standard was not met."""

    template = "where_failed.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The branches with the way to their visits. Raises Problem (not-found)."""
        choice = choice_of(request, with_groups=True)
        if choice.asked is None:
            raise Problem(NOT_FOUND)
        return {"choice": choice, "found": where_failed(asker(request), choice.asked, named["code"])}
