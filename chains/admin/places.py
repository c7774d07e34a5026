"""Places in the admin: offices and chains are set up by superusers, branches and groups kept by the chain itself."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from chains.access import OFFICE
from chains.admin.scoped import ScopedAdmin, ScopedInline
from chains.models import Chain, GroupMembership, Location, LocationGroup, Office, Outlet, Role

KEEPERS = frozenset({Role.CHAIN_ADMIN})


@admin.register(Office)
class OfficeAdmin(ScopedAdmin):
    """The team that runs programmes."""

    reads = OFFICE
    office = "pk"
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]


@admin.register(Chain)
class ChainAdmin(ScopedAdmin):
    """The company whose branches are audited."""

    reads = OFFICE | KEEPERS
    chain = "pk"
    list_display = ["name", "slug", "office"]
    list_select_related = ["office"]
    search_fields = ["name", "slug"]


class OneChainForm(forms.ModelForm):
    """A form whose rows must all be of one chain: `same_chain` names the fields beside the one that decides."""

    same_chain: tuple[str, ...] = ()

    def chain_id(self) -> Any:
        """The chain that this row belongs to."""
        return getattr(self.cleaned_data.get("chain"), "pk", None)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chain_id = self.chain_id()
        for name in self.same_chain:
            row = self.cleaned_data.get(name)
            if row is not None and chain_id is not None and row.chain_id != chain_id:
                self.add_error(name, ValidationError("This belongs to another chain.", code="other-chain"))
        return cleaned


class GroupForm(OneChainForm):
    """A group; its parent lies in the same chain, and not below it."""

    same_chain = ("parent",)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        parent = self.cleaned_data.get("parent")
        if parent is not None and self.instance.pk is not None:
            below = LocationGroup.objects.with_regions_below({self.instance.pk})
            if parent.pk in below:
                self.add_error("parent", ValidationError("A region cannot lie below itself.", code="circle"))
        return cleaned


class MembershipOfBranchForm(forms.ModelForm):
    """One dated place of a branch in a group of its own chain."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        group, location = (self.cleaned_data.get(name, getattr(self.instance, name, None)) for name in ENDS)
        if group is not None and location is not None and group.chain_id != location.chain_id:
            self.add_error(None, ValidationError("Group and branch belong to different chains.", code="other-chain"))
        return cleaned


ENDS = ("group", "location")


class BranchesInline(ScopedInline):
    """The branches of a group."""

    model = GroupMembership
    form = MembershipOfBranchForm
    reads = OFFICE
    writes = KEEPERS
    chain = "location__chain"
    fields = ["location", "valid_from", "valid_until"]
    autocomplete_fields = ["location"]


class GroupsInline(ScopedInline):
    """The groups of a branch."""

    model = GroupMembership
    form = MembershipOfBranchForm
    reads = OFFICE
    writes = KEEPERS
    chain = "group__chain"
    fields = ["group", "valid_from", "valid_until"]
    autocomplete_fields = ["group"]


class OutletsInline(ScopedInline):
    """The outlets of a branch. One that is gone is closed, never deleted: past visits name it."""

    model = Outlet
    reads = OFFICE
    writes = KEEPERS
    chain = "location__chain"
    deletable = False
    fields = ["section_code", "code", "name", "closed_on"]


@admin.register(LocationGroup)
class LocationGroupAdmin(ScopedAdmin):
    """Regions, owners, brands and peer groups."""

    form = GroupForm
    reads = OFFICE
    writes = KEEPERS
    chain = "chain"
    deletable = True
    list_display = ["name", "kind", "code", "parent", "chain"]
    list_filter = ["kind", "chain"]
    list_select_related = ["parent", "chain"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]
    inlines = [BranchesInline]


@admin.register(Location)
class LocationAdmin(ScopedAdmin):
    """Branches. One that is gone gets a closing date, never deleted: its past visits stay."""

    reads = OFFICE
    writes = KEEPERS
    chain = "chain"
    list_display = ["code", "name", "town", "chain", "timezone", "closed_on"]
    list_filter = ["chain", "group_memberships__group", "country"]
    list_select_related = ["chain"]
    search_fields = ["code", "name", "town"]
    inlines = [GroupsInline, OutletsInline]


@admin.register(GroupMembership)
class GroupMembershipAdmin(ScopedAdmin):
    """Which branch was in which group when."""

    form = MembershipOfBranchForm
    reads = OFFICE
    writes = KEEPERS
    chain = "group__chain"
    deletable = True
    list_display = ["location", "group", "valid_from", "valid_until"]
    list_filter = ["group"]
    list_select_related = ["location", "group"]
    search_fields = ["location__name", "location__code"]
    autocomplete_fields = ["group", "location"]


@admin.register(Outlet)
class OutletAdmin(ScopedAdmin):
    """Named parts of branches."""

    reads = OFFICE
    writes = KEEPERS
    chain = "location__chain"
    list_display = ["name", "location", "section_code", "code", "closed_on"]
    list_filter = ["section_code"]
    list_select_related = ["location"]
    search_fields = ["name", "code", "location__name"]
    autocomplete_fields = ["location"]
