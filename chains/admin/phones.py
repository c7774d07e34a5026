"""Phones in the admin: for the office admin, who pairs them and signs lost ones out. To all others they are secret."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from chains.admin.acting import Act, ActForm, ActingAdmin, Asked
from chains.admin.scoped import ScopedAdmin
from chains.models import Device, Membership, PairingCode, Role, User
from chains.pairing_codes import qr_payload, qr_svg
from chains.services import devices

ADMINS = frozenset({Role.OFFICE_ADMIN})


def _revoke(asked: Asked) -> str:
    for phone in asked.rows:
        devices.revoke(person=asked.by, device_id=phone.pk, now=asked.now)
    return f"{len(asked.rows)} phones signed out."


REVOKE = Act(
    name="revoke",
    title="Sign out",
    says="The phones read nothing any more. Finished work they may still deliver for two weeks.",
    roles=ADMINS,
    do=_revoke,
    on="rows",
    possible=lambda phone: phone.revoked_at is None,
    hurts=True,
)


class PairForm(ActForm):
    """Whose phone it is."""

    person = forms.ModelChoiceField(User.objects.none(), help_text="An auditor of the office.")

    def prepare(self) -> None:
        """The active auditors of the offices that the person asking administers."""
        auditors = Membership.objects.filter(role=Role.AUDITOR)
        if not self.by.is_superuser:
            auditors = auditors.filter(office_id__in=self.by.office_ids(Role.OFFICE_ADMIN))
        person: Any = self.fields["person"]
        person.queryset = User.objects.filter(pk__in=auditors.values("user_id"), is_active=True).order_by("username")


@admin.register(Device)
class DeviceAdmin(ActingAdmin):
    """The phones of an office's people. Paired by the phone itself, never made by hand."""

    acts = [REVOKE]
    reads = ADMINS
    by_hand = False
    list_display = ["user", "platform", "app_version", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["platform", "app_version"]
    list_select_related = ["user"]
    search_fields = ["user__username"]

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """Phones of people in the offices that `user` administers."""
        if user.is_superuser:
            return Q()
        people = Membership.objects.filter(office_id__in=user.office_ids(Role.OFFICE_ADMIN))
        return Q(user_id__in=people.values("user_id"))

    def get_urls(self) -> list[Any]:
        """The page that shows a QR before Django's own pages."""
        page = self.admin_site.admin_view(self.pair_view)
        return [path("pair/", page, name="chains_device_pair"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, with the way to pair one more."""
        pairing = {"title": "Pair a phone", "url": reverse(f"{self.admin_site.name}:chains_device_pair")}
        return super().changelist_view(request, (extra_context or {}) | {"acts": [pairing]})

    def pair_view(self, request: HttpRequest) -> HttpResponse:
        """Choose whose phone it is; then a QR for it, shown once."""
        if not self.holds(request, ADMINS):
            raise PermissionDenied
        by: Any = request.user
        form = PairForm(request.POST or None, by=by, rows=())
        context = {**self.admin_site.each_context(request), "title": "Pair a phone", "opts": self.opts, "form": form}
        if request.method == "POST" and form.is_valid():
            person = form.cleaned_data["person"]
            new = devices.issue_code(person=person, now=timezone.now())
            payload = qr_payload(new.code, request.build_absolute_uri("/api/v1/"))
            context |= {"person": person, "code": new.code, "expires_at": new.expires_at, "qr": qr_svg(payload)}
        answer = TemplateResponse(request, "chains/pair.html", context)
        add_never_cache_headers(answer)
        return answer


@admin.register(PairingCode)
class PairingCodeAdmin(ScopedAdmin):
    """Codes that bound, or may still bind, a phone to a person; only their digests are kept."""

    by_hand = False
    list_display = ["user", "created_at", "expires_at", "device"]
    list_select_related = ["user", "device"]
