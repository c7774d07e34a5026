"""Acts: what people do with rows in the admin besides editing them, each on a page that says what will happen.

An act names who may do it and the service that does it. It is offered on the row's page and, for many rows at once, in
the list; either way its own page asks what there is to ask and waits for a yes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from chains.admin.scoped import ScopedAdmin
from chains.models import User
from chains.problems import Problem

MAX_ROWS: Final = 200


class Asked(NamedTuple):
    """An act as it was asked for: by whom, on which rows, with which answers, when."""

    by: User
    rows: Sequence[Any]
    values: dict[str, Any]
    now: datetime

    @property
    def row(self) -> Any:
        """The one row of an act on one row."""
        return self.rows[0]


class ActForm(forms.Form):
    """What an act asks; by itself nothing but a yes. `by` and `rows` are known before the fields are drawn."""

    def __init__(self, *args: Any, by: User, rows: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by, self.rows = by, rows
        self.prepare()

    def prepare(self) -> None:
        """Narrow the choices to what this person may choose for these rows."""

    def blame(self, problem: Problem) -> None:
        """Show why a service refused, beside the fields that its pointers name."""
        shown = False
        for fault in problem.errors:
            names = [name for name in self.fields if name in fault.pointer.split("/")]
            self.add_error(names[0] if names else None, fault.detail)
            shown = True
        if not shown:
            self.add_error(None, problem.detail or problem.kind.title)


class ReasonForm(ActForm):
    """A reason that stays on record."""

    reason = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"size": 80}))


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing to be done: `do` calls a service, for all rows or none, and returns a sentence that tells what was
    done; `then` follows once that is kept. `on`: many rows, one, or none (then it is offered above the list).
    """

    name: str
    title: str
    says: str
    roles: frozenset[str]
    do: Callable[[Asked], str]
    form: type[ActForm] = ActForm
    on: Literal["rows", "row", "none"] = "row"
    possible: Callable[[Any], bool] = lambda row: True
    then: Callable[[], object] = lambda: None
    hurts: bool = False


class ActingAdmin(ScopedAdmin):
    """A ScopedAdmin whose rows can be acted on."""

    acts: Sequence[Act] = ()
    change_form_template = "chains/acting_change_form.html"
    change_list_template = "chains/acting_change_list.html"

    def get_urls(self) -> list[Any]:
        """The page of each act before Django's own pages."""
        return [
            path(
                f"act/{act.name}/",
                self.admin_site.admin_view(self._page_of(act)),
                name=f"{self._prefix}_act_{act.name}",
            )
            for act in self.acts
        ] + super().get_urls()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django's actions, and the acts on many rows that the person may do."""
        offered = super().get_actions(request)
        for act in self.acts:
            if act.on == "rows" and self.holds(request, act.roles):
                offered[act.name] = (self._leads_to(act), act.name, act.title)
        return offered

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        """The page of a row, with what can be done with it."""
        context = {"acts": self._acts_on(request, object_id)} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, with what can be done without any row."""
        mine = [act for act in self.acts if act.on == "none" and self.holds(request, act.roles)]
        return super().changelist_view(request, {"acts": [self._link(act) for act in mine]} | (extra_context or {}))

    def act_rows(self, request: HttpRequest, act: Act) -> QuerySet[Any]:
        """The rows that the person may act on."""
        return self.rows_for(_person(request), act.roles)

    @property
    def _prefix(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _link(self, act: Act, *keys: Any) -> dict[str, Any]:
        address = reverse(f"{self.admin_site.name}:{self._prefix}_act_{act.name}")
        query = f"?{urlencode({'ids': ','.join(map(str, keys))})}" if keys else ""
        return {"title": act.title, "url": address + query, "hurts": act.hurts, "name": act.name}

    def _acts_on(self, request: HttpRequest, object_id: str) -> list[dict[str, Any]]:
        offered = []
        for act in self.acts:
            if act.on != "none" and self.holds(request, act.roles):
                row = self._rows(request, act, object_id)[:1]
                if row and act.possible(row[0]):
                    offered.append(self._link(act, row[0].pk))
        return offered

    def _leads_to(self, act: Act) -> Callable[..., HttpResponse | None]:
        def lead(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            keys = list(queryset.values_list("pk", flat=True)[: MAX_ROWS + 1])
            if len(keys) > MAX_ROWS:
                self.message_user(request, f"Choose {MAX_ROWS} rows at most.", messages.ERROR)
                return None
            return HttpResponseRedirect(self._link(act, *keys)["url"])

        return lead

    def _page_of(self, act: Act) -> Callable[[HttpRequest], HttpResponse]:
        def page(request: HttpRequest) -> HttpResponse:
            if not self.holds(request, act.roles):
                raise PermissionDenied
            rows = [] if act.on == "none" else self._chosen(request, act)
            form = act.form(
                request.POST or None, by=_person(request), rows=rows, initial=request.GET.dict() if request.GET else {}
            )
            if request.method == "POST" and form.is_valid():
                try:
                    with transaction.atomic():
                        told = act.do(Asked(_person(request), rows, form.cleaned_data, timezone.now()))
                except Problem as problem:
                    form.blame(problem)
                else:
                    act.then()
                    return self._done(request, act, rows, told)
            return TemplateResponse(request, "chains/act.html", self._context(request, act, rows, form))

        return page

    def _rows(self, request: HttpRequest, act: Act, text: str) -> list[Any]:
        """The rows whose keys are in `text`, by commas; those that are not theirs are simply not among them."""
        to_python = self.opts.pk.to_python
        keys = []
        for key in text.split(","):
            try:
                keys.append(to_python(key))
            except (forms.ValidationError, ValueError):
                return []
        return list(self.act_rows(request, act).filter(pk__in=keys))

    def _chosen(self, request: HttpRequest, act: Act) -> list[Any]:
        wanted = request.GET.get("ids", "")
        rows = self._rows(request, act, wanted)
        count = len(set(wanted.split(",")))
        if len(rows) != count or count > MAX_ROWS or (act.on == "row" and count > 1):
            raise Http404
        return rows

    def _done(self, request: HttpRequest, act: Act, rows: list[Any], told: str) -> HttpResponse:
        for row in rows:
            self.log_change(request, row, act.title)
        self.message_user(request, told, messages.SUCCESS)
        if len(rows) == 1:
            name, key = f"{self.admin_site.name}:{self._prefix}_change", rows[0].pk
            return HttpResponseRedirect(reverse(name, args=(key,)))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:{self._prefix}_changelist"))

    def _context(self, request: HttpRequest, act: Act, rows: list[Any], form: ActForm) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": act.title,
            "act": act,
            "rows": rows,
            "form": form,
            "opts": self.opts,
            "media": self.media + form.media,
        }


def _person(request: HttpRequest) -> Any:
    return request.user
