"""What every page of a draft shares: who may open and change it, what happens when a service refuses, its own subpages.

Whatever is published is read-only here before any service is asked. A refused save shows the form again with everything
typed; a save that comes after somebody published shows what was typed, so that none of it is lost.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import update_wrapper
from typing import Any, Final, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from chains import problems as ground
from chains.access import WRITERS_OF_STANDARDS
from chains.admin.scoped import ScopedAdmin
from chains.models import User
from chains.problems import Fault, Problem
from standards import problems
from standards.models.briefs import BRIEF_READERS
from standards.models.checklists import READERS
from standards.spec.changes import Comparison

READS: Final = frozenset(READERS)
BRIEF_READS: Final = frozenset(BRIEF_READERS)
WRITES: Final = WRITERS_OF_STANDARDS
TELL_AT_MOST = 50


class RefusableForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that shows what a service had against its values."""

    refused: Problem | None = None

    def _post_clean(self) -> None:
        # The services answer for the constraints of the database; asking it beforehand costs three queries for each.
        self.instance.validate_constraints = lambda exclude=None: None
        super()._post_clean()  # type: ignore[misc]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refused is not None:
            whole = Fault("", "", self.refused.detail or self.refused.kind.title)
            for fault in self.refused.errors or [whole]:
                name = fault.pointer.strip("/").split("/")[0]
                self.add_error(name if name in self.fields else None, fault.detail)
        return cleaned


class DraftAdmin(ScopedAdmin):
    """Pages of rows that belong to a draft, or once did."""

    reads = READS
    writes = WRITES
    form = RefusableForm
    # Whether the index offers its list.
    on_index = True

    class Media:
        css = {"all": ["standards/admin.css"]}

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """What the index offers: nothing of rows that are found on the page of what they belong to."""
        return super().get_model_perms(request) if self.on_index else {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A choice of another row comes without the buttons that change or remove that row."""
        return without_buttons(super().formfield_for_dbfield(db_field, request, **kwargs))

    def is_frozen(self, obj: Any) -> bool:
        """Whether a row is part of something published."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not self.is_frozen(obj))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refused = getattr(request, "refused", None)
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page; where the draft was published meanwhile, all that was typed."""
        self._keep_what_was_typed(request, object_id)
        typed: HttpResponse | None = getattr(request, "typed", None)
        return typed or super().changeform_view(request, object_id, form_url, extra_context)

    def when_refused(self, request: HttpRequest, problem: Problem, again: Callable[[], Any]) -> Any:
        """The form once more, with everything in it and the problem beside its field; what was done is undone."""
        if problem.kind is problems.NOT_A_DRAFT:
            return self.typed_page(request)
        if problem.kind is ground.NOT_ALLOWED:
            raise PermissionDenied from None
        request.refused = problem  # type: ignore[attr-defined]
        return again()

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; where a service refuses an action all of it is undone, and the list says why."""
        try:
            with transaction.atomic():
                return super().changelist_view(request, extra_context)
        except Problem as problem:
            self.tell(request, problem)
            return HttpResponseRedirect(request.get_full_path())

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The page that asks again; where a service refuses, the row's page says why."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except Problem as problem:
            self.tell(request, problem)
            options = self.model._meta
            name = f"{self.admin_site.name}:{options.app_label}_{options.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=(object_id,)))

    def _keep_what_was_typed(self, request: HttpRequest, object_id: str | None) -> None:
        """A form of a draft that was published meanwhile is answered with what it says, not with a bare refusal."""
        if request.method != "POST" or object_id is None:
            return
        row = self.get_object(request, object_id)
        if row is not None and self.is_frozen(row) and super().has_change_permission(request, row):
            request.typed = self.typed_page(request)  # type: ignore[attr-defined]

    def typed_page(self, request: HttpRequest) -> HttpResponse:
        """Everything that was typed, to be copied; nothing of it was saved."""
        hidden = ("csrfmiddlewaretoken", "_save", "_continue", "_addanother")
        typed = [(name, text) for name, text in request.POST.items() if text and name not in hidden]
        context = {"title": "Published in the meantime", "typed": typed}
        return self.page(request, "admin/standards/typed.html", context, status=409)

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> TemplateResponse:
        """A page of our own in the clothes of the admin."""
        known = {**self.admin_site.each_context(request), "opts": self.model._meta, "model_admin": self}
        known["media"] = self.media
        if "version" in context:
            known["version_address"] = self.address_of(context["version"])
        return TemplateResponse(request, template, known | context, status=status)

    def subpage(self, name: str, view: Callable[..., HttpResponse], *, writes: bool = True) -> URLPattern:
        """`<id>/NAME/`: a page about one row that the person may see; for writers only unless told otherwise."""

        def behind(request: HttpRequest, object_id: str) -> HttpResponse:
            row = self.get_object(request, object_id)
            if row is None:
                raise Http404
            if writes and not self.may_write(request, row):
                raise PermissionDenied
            try:
                return view(request, row)
            except Problem as problem:
                self.tell(request, problem)
                return HttpResponseRedirect(self.address_of(row))

        def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
            return self.admin_site.admin_view(behind)(*args, **kwargs)

        wrapper.model_admin = self  # type: ignore[attr-defined]
        options = self.model._meta
        route = f"{options.app_label}_{options.model_name}_{name.replace('-', '_')}"
        return path(f"<path:object_id>/{name}/", update_wrapper(wrapper, behind), name=route)

    def listpage(self, name: str, view: Callable[[HttpRequest], HttpResponse]) -> URLPattern:
        """`NAME/`: a page beside the list, for whoever writes for some chain."""

        def behind(request: HttpRequest) -> HttpResponse:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return view(request)

        def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
            return self.admin_site.admin_view(behind)(*args, **kwargs)

        wrapper.model_admin = self  # type: ignore[attr-defined]
        options = self.model._meta
        route = f"{options.app_label}_{options.model_name}_{name.replace('-', '_')}"
        return path(f"{name}/", update_wrapper(wrapper, behind), name=route)

    @contextmanager
    def showing(self, context: dict[str, Any]) -> Iterator[None]:
        """A problem raised inside is put into the page's context, to be shown with all its faults."""
        try:
            yield
        except Problem as problem:
            context["problem"] = {
                "detail": problem.detail or problem.kind.title,
                "faults": [{"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in problem.errors],
            }

    def may_write(self, request: HttpRequest, row: Any) -> bool:
        """Whether the person writes for the chain of a row, frozen or not."""
        return self._may(request, row, self.writes)

    def address_of(self, row: Any, page: str = "change") -> str:
        """The address of a page about a row."""
        options = row._meta
        return reverse(f"{self.admin_site.name}:{options.app_label}_{options.model_name}_{page}", args=(row.pk,))

    def tell(self, request: HttpRequest, problem: Problem) -> None:
        """A problem as messages: the sentence, then its faults."""
        self.message_user(request, problem.detail or problem.kind.title, messages.ERROR)
        for fault in problem.errors[:TELL_AT_MOST]:
            self.message_user(request, f"{fault.pointer} {fault.detail}".strip(), messages.ERROR)
        if len(problem.errors) > TELL_AT_MOST:
            more = len(problem.errors) - TELL_AT_MOST
            self.message_user(request, f"… and {more} more.", messages.ERROR)


def without_buttons(field: Any) -> Any:
    """A choice of another row, without the buttons beside it that open that row's pages."""
    widget = getattr(field, "widget", None)
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget.can_add_related = widget.can_change_related = False
        widget.can_delete_related = widget.can_view_related = False
    return field


def shown(comparison: Comparison) -> dict[str, Any]:
    """A difference for changes_told.html."""
    return {"changes": comparison.changes, "added": comparison.added, "removed": comparison.removed}


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is bound to: fields and files that were sent, or nothing yet."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def person(request: HttpRequest) -> User:
    """Who is asking, typed: behind the door of the admin there is always an account."""
    return cast("User", request.user)
