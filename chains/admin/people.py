"""People and their roles in the admin.

A chain admin keeps the chain's people, an office admin the office's. An account that also belongs elsewhere, or is a
superuser's, is theirs to see but not to change: whoever could set its password would hold its other roles too.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from chains.admin.acting import Act, ActingAdmin, Asked
from chains.admin.scoped import ScopedAdmin, ScopedInline
from chains.models import Membership, Role, SecondStep, User
from chains.services import second_steps

ADMINISTRATORS = frozenset({Role.OFFICE_ADMIN, Role.CHAIN_ADMIN})

# Rights come from memberships alone; Django's groups of model permissions mean nothing here.
admin.site.unregister(Group)


def administered_places(user: User) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Ids of the chains and of the offices whose people a person administers: their own, never served ones."""
    return user.own_chain_ids(Role.CHAIN_ADMIN), user.office_ids(Role.OFFICE_ADMIN)


def administered(user: User) -> QuerySet[Membership]:
    """The memberships that a person administers."""
    chains, offices = administered_places(user)
    rows: QuerySet[Membership] = Membership.objects.filter(Q(chain_id__in=chains) | Q(office_id__in=offices))
    return rows


class MembershipForm(forms.ModelForm):
    """A role that fits its place, with groups and branches of the same chain."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chain = self.cleaned_data.get("chain")
        for name in ("groups", "locations"):
            if any(row.chain_id != getattr(chain, "pk", None) for row in self.cleaned_data.get(name) or ()):
                self.add_error(name, ValidationError("These belong to another chain.", code="other-chain"))
        return cleaned


class OfMyPlaces:
    """Memberships of the places that the person asking administers."""

    reads = ADMINISTRATORS
    writes = ADMINISTRATORS
    chain = "chain"
    office = "office"
    deletable = True

    def places(self, user: User, roles: Iterable[str]) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
        """Own chains and offices; a served chain's people are the chain's business."""
        return administered_places(user)


class MembershipInline(OfMyPlaces, ScopedInline):
    """The roles of a person."""

    model = Membership
    form = MembershipForm
    fields = ["role", "office", "chain", "groups", "locations", "publishes"]
    autocomplete_fields = ["groups", "locations"]

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int | None:
        """Who is not a superuser adds people to their own places only, so that a first role is asked for at once."""
        return 1 if obj is None and not request.user.is_superuser else 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **(kwargs | {"validate_min": True}))


@admin.register(Membership)
class MembershipAdmin(OfMyPlaces, ScopedAdmin):
    """Who is what where."""

    form = MembershipForm
    list_display = ["user", "role", "office", "chain", "publishes"]
    list_filter = ["role", "office", "chain"]
    list_select_related = ["user", "office", "chain"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    autocomplete_fields = ["user", "groups", "locations"]


def _one_step(asked: Asked) -> str:
    second_steps.forget(person=asked.row)
    return f"{asked.row} signs in with the password alone from now on."


ONE_STEP = Act(
    name="one_step",
    title="Switch two-step sign-in off",
    says="For somebody who lost both the app and the recovery codes. Make sure that it is them who ask.",
    roles=ADMINISTRATORS,
    do=_one_step,
    possible=lambda person: SecondStep.objects.confirmed(person) is not None,
    hurts=True,
)


@admin.register(User)
class PersonAdmin(ActingAdmin, DjangoUserAdmin):
    """Accounts. `is_staff` opens the door of the admin and gives no data by itself."""

    acts = [ONE_STEP]
    reads = ADMINISTRATORS
    writes = ADMINISTRATORS
    list_display = ["username", "first_name", "last_name", "email", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["username", "first_name", "last_name", "email"]
    filter_horizontal: list[str] = []
    readonly_fields = ["last_login", "date_joined"]
    inlines = [MembershipInline]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email", "language"]}),
        ("Account", {"fields": ["is_active", "is_staff", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        ("Person", {"fields": ["first_name", "last_name", "email", "language", "is_staff"]}),
    ]

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """People of the places that `user` administers."""
        return Q() if user.is_superuser else Q(pk__in=administered(user).values("user_id"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only people who belong nowhere else."""
        if not super().has_change_permission(request, obj):
            return False
        person: Any = request.user
        if obj is None or obj.pk is None or person.is_superuser:
            return True
        elsewhere = Membership.objects.filter(user=obj).exclude(pk__in=administered(person).values("pk"))
        return not obj.is_superuser and not elsewhere.exists()

    def act_rows(self, request: HttpRequest, act: Act) -> QuerySet[Any]:
        """People who belong nowhere else: whoever opens an account for signing in opens all its roles."""
        rows = super().act_rows(request, act)
        person: Any = request.user
        if person.is_superuser:
            return rows
        elsewhere = Membership.objects.exclude(pk__in=administered(person).values("pk")).values("user_id")
        return rows.filter(is_superuser=False).exclude(pk__in=elsewhere)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Superusers also make superusers."""
        fieldsets = [(title, dict(options)) for title, options in super().get_fieldsets(request, obj)]
        if obj is not None and request.user.is_superuser:
            fieldsets[-1][1]["fields"] = [*fieldsets[-1][1]["fields"], "is_superuser"]
        return fieldsets
