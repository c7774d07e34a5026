"""Trying a scheme on past results in the admin: what is typed on the page of a scheme, before it is saved."""

from typing import Any, cast

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from audits.models import Series
from audits.services import rating
from chains.access import WRITERS_OF_STANDARDS
from chains.models import User
from chains.problems import Problem
from standards.models import SchemeVersion

ADDRESS = "audits_series_try_scheme"
# What was typed on the page of a scheme beside its document: carried along, so that it can be saved from here.
CARRIED = ("effective_from", "note", "chain", "code", "name")
DOCUMENT = forms.Textarea(attrs={"rows": 18, "cols": 100, "class": "vLargeTextField", "spellcheck": "false"})


class TryForm(forms.Form):
    """A scheme, and the results it is tried on."""

    series = forms.ModelChoiceField(Series.objects.none(), help_text="Whose results.")
    day = forms.DateField(
        widget=AdminDateWidget,
        required=False,
        label="Period",
        help_text="Any day of it; where empty, the newest that has ratings.",
    )
    document = forms.CharField(widget=DOCUMENT, max_length=65_536, strip=False, label="Scheme")


def try_scheme_pages(admin: ModelAdmin) -> list[URLPattern]:
    """The page, to stand beside those of series."""

    def page(request: HttpRequest) -> HttpResponse:
        user = cast("User", request.user)
        if not (user.is_superuser or user.roles & WRITERS_OF_STANDARDS):
            raise PermissionDenied
        return _page(admin, request, user)

    page.model_admin = admin  # type: ignore[attr-defined]
    return [path("try-scheme/", admin.admin_site.admin_view(page), name=ADDRESS)]


def _page(admin: ModelAdmin, request: HttpRequest, user: User) -> HttpResponse:
    version = _version(request, user)
    typed = request.method == "POST"
    form = TryForm(_data(request, user, version)) if typed else TryForm(initial=_initial(user, version))
    cast("Any", form.fields["series"]).queryset = _series(user)
    context: dict[str, Any] = {
        **admin.admin_site.each_context(request),
        "opts": admin.model._meta,
        "title": "Try a scheme on past results",
        "form": form,
        "version": version,
        "carried": [(name, request.POST[name]) for name in CARRIED if request.POST.get(name)],
        "back": _back(request, version),
    }
    if typed and form.is_valid():
        context |= _tried(form, user)
    return TemplateResponse(request, "audits/try_scheme.html", context)


def _tried(form: TryForm, user: User) -> dict[str, Any]:
    values = form.cleaned_data
    document = values["document"].replace("\r\n", "\n")
    try:
        found = rating.preview(series=values["series"], document=document, day=values["day"], by=user)
    except Problem as problem:
        return {"faults": problem.errors, "problem": problem.detail or problem.kind.title}
    changed = [one for one in found.compared if one.moves]
    same = [one for one in found.compared if not one.moves]
    return {"found": found, "rows": changed + same, "moved": found.moved, "neither": _neither(found.directions)}


def _neither(directions: Any) -> list[str]:
    return [part for part, way in sorted(directions.items()) if way == "neither"]


def _series(user: User) -> Any:
    rows = Series.objects.visible_to(user).select_related("programme__chain")
    if not user.is_superuser:
        rows = rows.filter(programme__chain__in=user.own_chain_ids(*WRITERS_OF_STANDARDS))
    return rows.order_by("programme__name", "name")


def _version(request: HttpRequest, user: User) -> SchemeVersion | None:
    """The version whose page one comes from; nothing where there is none or it is not theirs to see."""
    try:
        rows = SchemeVersion.objects.visible_to(user).select_related("scheme")
        found: SchemeVersion | None = rows.filter(pk=request.GET.get("version") or None).first()
    except (ValueError, forms.ValidationError):
        return None
    return found


def _initial(user: User, version: SchemeVersion | None) -> dict[str, Any]:
    return {"series": _first_series(user, version), "document": version.document if version else ""}


def _data(request: HttpRequest, user: User, version: SchemeVersion | None) -> Any:
    """What was posted; from the page of a scheme no series comes along, and the first that uses it is meant."""
    data = request.POST.copy()
    if not data.get("series"):
        first = _first_series(user, version)
        data["series"] = str(first.pk) if first else ""
    return data


def _first_series(user: User, version: SchemeVersion | None) -> Series | None:
    rows = _series(user)
    own = rows.filter(scheme_id=version.scheme_id).first() if version else None
    found: Series | None = own or rows.first()
    return found


def _back(request: HttpRequest, version: SchemeVersion | None) -> str:
    """Where what was typed can be saved: the draft's page, or the page of a new scheme."""
    if version is None:
        return reverse("admin:standards_ratingscheme_add") if request.POST.get("code") else ""
    if version.published_at is not None:
        return ""
    return reverse("admin:standards_schemeversion_change", args=(version.pk,))
