"""One released visit: its scores, what was not met, the reviewed comments and the clean copies of photos."""

from typing import Any

from django.http import HttpRequest

from audits.api.visits import told_visit
from audits.web.choosing import asker
from audits.web.pages import Page


class Visit(Page):
    """What a manager may know of one visit; never who made it, nor when more exactly than the programme reveals."""

    template = "visit.html"

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """The visit. Raises Problem (not-found)."""
        visit = told_visit(asker(request), named["visit_id"])
        said = {one["key"]: one["text"] for one in visit["comments"]}
        failed = [row | {"comment": said.pop(row["key"], "")} for row in visit["failed"]]
        return {"visit": visit, "failed": failed, "said": said}
