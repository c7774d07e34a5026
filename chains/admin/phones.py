"""Phones in the admin: for the office admin, who signs a lost one out. Nobody else learns who carries which."""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import Q

from chains.admin.acting import Act, ActingAdmin, Asked
from chains.admin.scoped import ScopedAdmin
from chains.models import Device, Membership, PairingCode, Role, User
from chains.services import devices


def _revoke(asked: Asked) -> str:
    for phone in asked.rows:
        devices.revoke(person=asked.by, device_id=phone.pk, now=asked.now)
    return f"{len(asked.rows)} phones signed out."


REVOKE = Act(
    name="revoke",
    title="Sign out",
    says="The phones read nothing any more. Finished work they may still deliver for two weeks.",
    roles=frozenset({Role.OFFICE_ADMIN}),
    do=_revoke,
    on="rows",
    possible=lambda phone: phone.revoked_at is None,
    hurts=True,
)


@admin.register(Device)
class DeviceAdmin(ActingAdmin):
    """The phones of an office's people. Paired by the phone itself, never made by hand."""

    acts = [REVOKE]
    reads = frozenset({Role.OFFICE_ADMIN})
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


@admin.register(PairingCode)
class PairingCodeAdmin(ScopedAdmin):
    """Codes that bound, or may still bind, a phone to a person; only their digests are kept."""

    by_hand = False
    list_display = ["user", "created_at", "expires_at", "device"]
    list_select_related = ["user", "device"]
