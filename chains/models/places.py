"""Places: offices that run programmes, chains that are audited, their branches and how these are grouped."""

import uuid
import zoneinfo
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from chains.models.scoping import VisibleQuerySet

if TYPE_CHECKING:
    from chains.models.people import User


def validate_zone(name: str) -> None:
    """Refuse a name that is not an IANA time zone such as `Europe/Vienna`."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"{name} is not a time zone; write one like Europe/Vienna.")


class OfficeQuerySet(VisibleQuerySet):
    """Offices: seen by the people who work there."""

    def visible_q(self, user: "User") -> Q | None:
        """The offices in which `user` holds a role."""
        return Q() if user.is_superuser else Q(pk__in=user.office_ids())


class Office(models.Model):
    """The team that runs programmes and knows the auditors: a chain's own, or an agency that serves many chains."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ChainQuerySet(VisibleQuerySet):
    """Chains: seen by their own people and by the office that serves them."""

    def visible_q(self, user: "User") -> Q | None:
        """The chains that `user` belongs to, by whatever role."""
        return Q() if user.is_superuser else Q(pk__in=user.chain_ids())


class Chain(models.Model):
    """The tenant: the company whose branches are audited, served by one office."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="chains")
    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)

    objects = ChainQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LocationQuerySet(VisibleQuerySet):
    """Branches: the whole chain's for its office and head office, a manager's own for a manager."""

    def visible_q(self, user: "User") -> Q | None:
        """The branches that `user` may see; auditors learn of a branch through their assignments only."""
        return user.location_q()

    def open_on(self, day: date) -> "LocationQuerySet":
        """Branches in business on a day: opened, not closed, not suspended."""
        opened = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
        closed = Q(closed_on__lte=day)
        suspended = Q(suspended_from__lte=day) & (Q(suspended_until__isnull=True) | Q(suspended_until__gte=day))
        return self.filter(opened).exclude(closed).exclude(suspended)


class Location(models.Model):
    """A branch: its time zone decides the local day of a visit, its facilities what a visit can look at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="locations")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    town = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_zone])
    facilities = models.JSONField(
        default=list, blank=True, help_text='What the branch has, for example ["spa", "pool"].'
    )
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    suspended_from = models.DateField(null=True, blank=True)
    suspended_until = models.DateField(null=True, blank=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "code"], name="location_code_once_per_chain"),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="location_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone as the standard library knows it."""
        return zoneinfo.ZoneInfo(self.timezone)


class LocationGroupQuerySet(VisibleQuerySet):
    """Groups: a manager sees the groups given to them and what lies below, everyone else of the chain all."""

    def visible_q(self, user: "User") -> Q | None:
        """The groups that `user` may see and compare within."""
        return user.group_q()

    def with_regions_below(self, groups: set[uuid.UUID]) -> set[uuid.UUID]:
        """The ids in `groups` with those of every region below them; one query per level of the tree."""
        found, edge = set(groups), set(groups)
        while edge:
            edge = set(self.filter(parent_id__in=edge).values_list("id", flat=True)) - found
            found |= edge
        return found


class LocationGroup(models.Model):
    """A set of branches of one kind: a region (a tree), an owner, a brand, or a peer group."""

    class Kind(models.TextChoices):
        REGION = "region", "Region"
        OWNER = "owner", "Owner"
        BRAND = "brand", "Brand"
        PEER = "peer", "Peer group"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="groups")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    objects = LocationGroupQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "kind", "code"], name="group_code_once_per_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["region", "owner", "brand", "peer"]), name="group_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(kind="region"), name="only_regions_form_a_tree"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="group_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMembershipQuerySet(VisibleQuerySet):
    """Which branch was in which group when: seen with the group."""

    def visible_q(self, user: "User") -> Q | None:
        """Rows of the groups that `user` may see."""
        groups = LocationGroup.objects.visible_to(user)
        return Q(group__in=groups)

    def on(self, day: date) -> "GroupMembershipQuerySet":
        """Rows in force on a day: from its first day to the day before its end."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day)
        )


class GroupMembership(models.Model):
    """One branch's dated place in one group; a region's branches count for the regions above it."""

    group = models.ForeignKey(LocationGroup, on_delete=models.CASCADE, related_name="memberships")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="group_memberships")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="The first day on which it no longer holds.")

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "location", "valid_from"], name="group_membership_once"),
            models.UniqueConstraint(
                fields=["group", "location"],
                condition=Q(valid_from__isnull=True),
                name="group_membership_once_undated",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_from__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="group_membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location} in {self.group}"


class OutletQuerySet(VisibleQuerySet):
    """Outlets: seen with their branch."""

    def visible_q(self, user: "User") -> Q | None:
        """Outlets of the branches that `user` may see."""
        return Q(location__in=Location.objects.visible_to(user))


class Outlet(models.Model):
    """A named part of a branch that a section is repeated for: Restaurant "Aubergine"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="outlets")
    section_code = models.CharField(max_length=40, help_text="The repeated section that is asked for this outlet.")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=200)
    closed_on = models.DateField(null=True, blank=True)

    objects = OutletQuerySet.as_manager()

    class Meta:
        ordering = ["section_code", "code"]
        constraints = [models.UniqueConstraint(fields=["location", "code"], name="outlet_code_once_per_location")]

    def __str__(self) -> str:
        return self.name
