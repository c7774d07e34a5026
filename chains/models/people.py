"""People: accounts, the roles they hold in offices and chains, and the phones they carry.

Every question "who may see what of the ground floor" is a method of `User`, so that it is answered in one place.
"""

import re
import uuid
from collections import defaultdict
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from chains.models.places import Chain, GroupMembership, Location, LocationGroup, Office
from chains.models.scoping import VisibleQuerySet, VisibleToStaffOnly
from chains.models.statements import Lookup, columns_of, instance_of


class Role(models.TextChoices):
    """What a person is somewhere. Only office roles ever see who audits."""

    AUDITOR = "auditor", "Auditor"
    PLANNER = "planner", "Planner"
    REVIEWER = "reviewer", "Reviewer"
    OFFICE_ADMIN = "office_admin", "Office admin"
    MANAGER = "manager", "Manager"
    EDITOR = "editor", "Editor"
    CHAIN_ADMIN = "chain_admin", "Chain admin"


OFFICE_ROLES = frozenset({Role.AUDITOR, Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN})
# An auditor belongs to an office but is sent by it: they learn of a chain through assignments only.
OFFICE_STAFF = frozenset({Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN})
CHAIN_ROLES = frozenset({Role.MANAGER, Role.EDITOR, Role.CHAIN_ADMIN})
# Head office: people of a chain who see all of its branches.
WHOLE_CHAIN = frozenset({Role.CHAIN_ADMIN})


class UserQuerySet(VisibleQuerySet):
    """Accounts: one's own, and those of the people one administers."""

    def visible_q(self, user: "User") -> Q | None:
        """Oneself; an office admin also sees the office's people, a chain admin the chain's."""
        if user.is_superuser:
            return Q()
        administered = Membership.objects.filter(
            Q(office_id__in=user.office_ids(Role.OFFICE_ADMIN)) | Q(chain_id__in=user.own_chain_ids(Role.CHAIN_ADMIN))
        )
        return Q(pk=user.pk) | Q(pk__in=administered.values("user_id"))

    def auditors_sent_by(self, user: "User") -> "UserQuerySet":
        """The auditors of the offices in which `user` plans or reviews, marked as narrowed."""
        sent = Membership.objects.filter(role=Role.AUDITOR)
        if not user.is_superuser:
            sent = sent.filter(office_id__in=user.office_ids(*OFFICE_STAFF))
        rows = self.filter(pk__in=sent.values("user_id"), is_active=True)
        rows.narrowed = True
        return rows


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Django's account manager (create_user, create_superuser) over our queryset."""


class User(AbstractUser):
    """A person. Roles come from memberships; `is_staff` only opens the door of the admin.

    Memberships are read once per instance, that is once per request.
    """

    language = models.CharField(max_length=10, default="en")

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[misc]

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined, misc]
        pass

    @cached_property
    def held(self) -> list["Membership"]:
        """The memberships of this person, read once."""
        return [_membership(row) for row in _HELD.rows(self.pk)]

    @property
    def roles(self) -> frozenset[str]:
        """Every role this person holds anywhere."""
        return frozenset(membership.role for membership in self.held)

    def office_ids(self, *roles: str) -> set[uuid.UUID]:
        """Offices in which the person holds one of `roles` (any office role where none is named)."""
        wanted = set(roles) or OFFICE_ROLES
        return {m.office_id for m in self.held if m.office_id and m.role in wanted}

    def own_chain_ids(self, *roles: str) -> set[uuid.UUID]:
        """Chains in which the person holds one of `roles` themself (any chain role where none is named)."""
        wanted = set(roles) or CHAIN_ROLES
        return {m.chain_id for m in self.held if m.chain_id and m.role in wanted}

    @cached_property
    def _served(self) -> dict[uuid.UUID, set[uuid.UUID]]:
        """Chain ids by the office that serves them, for the offices in which this person works."""
        chains: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        if offices := self.office_ids():
            for chain_id, office_id in Chain.objects.filter(office_id__in=offices).values_list("id", "office_id"):
                chains[office_id].add(chain_id)
        return chains

    def served_chain_ids(self, *roles: str) -> set[uuid.UUID]:
        """Chains served by an office in which the person holds one of `roles` (office staff where none is named)."""
        offices = self.office_ids(*(roles or OFFICE_STAFF))
        return {chain for office in offices for chain in self._served.get(office, ())}

    def chain_ids(self, *roles: str) -> set[uuid.UUID]:
        """Chains of the person: their own by a chain role, and those their office serves by an office-staff role."""
        if not roles:
            return self.own_chain_ids() | self.served_chain_ids()
        own = [role for role in roles if role in CHAIN_ROLES]
        office = [role for role in roles if role in OFFICE_ROLES]
        return (self.own_chain_ids(*own) if own else set()) | (self.served_chain_ids(*office) if office else set())

    @cached_property
    def managed(self) -> tuple[frozenset[uuid.UUID], frozenset[uuid.UUID]]:
        """Group ids (with the regions below them) and single location ids that the person manages."""
        managing = [m.pk for m in self.held if m.role == Role.MANAGER]
        if not managing:
            return frozenset(), frozenset()
        rows = Membership.objects.filter(pk__in=managing)
        groups = set(rows.filter(groups__isnull=False).values_list("groups", flat=True))
        single = rows.filter(locations__isnull=False).values_list("locations", flat=True)
        return frozenset(LocationGroup.objects.with_regions_below(groups)), frozenset(single)

    def managed_location_q(self) -> Q | None:
        """Branches this person manages today: through groups (dated) or singly; None where they manage none."""
        groups, single = self.managed
        if not groups and not single:
            return None
        condition = Q(pk__in=single)
        if groups:
            today = timezone.now().date()
            condition |= Q(pk__in=GroupMembership.objects.on(today).filter(group_id__in=groups).values("location_id"))
        return condition

    def location_q(self) -> Q | None:
        """Branches this person may see: whole chains by head-office and office roles, else the managed ones."""
        if self.is_superuser:
            return Q()
        whole = self.chain_ids(*WHOLE_CHAIN, *OFFICE_STAFF)
        parts = [part for part in (Q(chain_id__in=whole) if whole else None, self.managed_location_q()) if part]
        return None if not parts else parts[0] if len(parts) == 1 else parts[0] | parts[1]

    def group_q(self) -> Q | None:
        """Groups this person may see: whole chains by head-office and office roles, else the managed ones."""
        if self.is_superuser:
            return Q()
        return Q(chain_id__in=self.chain_ids(*WHOLE_CHAIN, *OFFICE_STAFF)) | Q(pk__in=self.managed[0])

    @property
    def reads_results(self) -> bool:
        """Whether published results are for this person at all; auditors make them and do not read them."""
        return self.is_superuser or bool(self.roles & (CHAIN_ROLES | OFFICE_STAFF))

    def may_publish(self, chain_id: uuid.UUID) -> bool:
        """Whether this person may publish standards and schemes of a chain."""
        return self.is_superuser or any(m.chain_id == chain_id and m.publishes for m in self.held)


class MembershipQuerySet(VisibleQuerySet):
    """Roles: one's own, and those one administers."""

    def visible_q(self, user: "User") -> Q | None:
        """Own rows; an office admin's office and a chain admin's chain."""
        if user.is_superuser:
            return Q()
        return (
            Q(user=user)
            | Q(office_id__in=user.office_ids(Role.OFFICE_ADMIN))
            | Q(chain_id__in=user.own_chain_ids(Role.CHAIN_ADMIN))
        )


class Membership(models.Model):
    """A person's role: in an office, or in a chain; a manager's is for groups and single branches."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    chain = models.ForeignKey(Chain, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    groups = models.ManyToManyField(LocationGroup, blank=True, related_name="+")
    locations = models.ManyToManyField(Location, blank=True, related_name="+")
    publishes = models.BooleanField(default=False, help_text="May publish standards and rating schemes.")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=sorted(OFFICE_ROLES), office__isnull=False, chain__isnull=True)
                | Q(role__in=sorted(CHAIN_ROLES), office__isnull=True, chain__isnull=False),
                name="membership_role_fits_its_place",
            ),
            models.CheckConstraint(
                condition=Q(publishes=False) | Q(role__in=["chain_admin", "editor"]),
                name="membership_publishers_write_standards",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "office"],
                condition=Q(chain__isnull=True),
                name="office_membership_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "chain"],
                condition=Q(office__isnull=True),
                name="chain_membership_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.office or self.chain}"


_HELD = Lookup(
    lambda person_id: (
        Membership.objects.filter(user_id=person_id)
        .order_by("pk")
        .values_list(*columns_of(Membership), *columns_of(Chain, "chain"))
    ),
    int,
)


def _membership(row: tuple[Any, ...]) -> Membership:
    """A membership with its chain, if it has one."""
    width = len(columns_of(Membership))
    membership = instance_of(Membership, row[:width])
    if membership.chain_id is not None:
        membership.chain = instance_of(Chain, row[width:])
    return membership


class DeviceQuerySet(VisibleQuerySet):
    """Phones: one's own, and for an office admin those of the office's auditors."""

    def visible_q(self, user: "User") -> Q | None:
        """Own phones; the phones of people in the offices that `user` administers."""
        if user.is_superuser:
            return Q()
        people = Membership.objects.filter(office_id__in=user.office_ids(Role.OFFICE_ADMIN))
        return Q(user=user) | Q(user_id__in=people.values("user_id"))


class Device(models.Model):
    """One phone of one person, known by the sha256 of its own random token.

    live → (revoked or unused for too long) → may deliver finished work for a grace time → known, refused.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    install_id = models.CharField(max_length=100)
    platform = models.CharField(max_length=40, blank=True)
    app_version = models.CharField(max_length=20, blank=True)
    token_sha256 = models.BinaryField(max_length=32, unique=True, editable=False)
    paired_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    # Set at the door for this request: it may deliver what is finished, and nothing else.
    ended: bool = False

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["-last_used_at"]
        constraints = [models.UniqueConstraint(fields=["user", "install_id"], name="device_once_per_installation")]

    def __str__(self) -> str:
        return f"{self.platform or 'phone'} {str(self.id)[:8]}"

    def ended_at(self, now: datetime) -> datetime | None:
        """When this phone stopped being welcome (revoked or expired), or None while it still is."""
        ends = [end for end in (self.revoked_at, self.expires_at) if end and end <= now]
        return min(ends, default=None)

    def is_older_than(self, version: str) -> bool:
        """Whether its app is of an earlier version ("1.10" is later than "1.9"); False where it tells none."""
        own, wanted = ([int(part) for part in re.findall(r"\d+", text)] for text in (self.app_version, version))
        longest = max(len(own), len(wanted))
        return bool(own) and own + [0] * (longest - len(own)) < wanted + [0] * (longest - len(wanted))


_BY_TOKEN = Lookup(
    lambda digest: (
        Device.objects.filter(token_sha256=digest)
        .order_by("user__memberships__pk")
        .values_list(
            *columns_of(Device),
            *columns_of(User, "user"),
            *columns_of(Membership, "user__memberships"),
            *columns_of(Chain, "user__memberships__chain"),
        )
    ),
    bytes,
)


def device_by_token(token_sha256: bytes) -> Device | None:
    """The phone with this token, its person and what roles they hold, in one query; None where there is none."""
    rows = _BY_TOKEN.rows(token_sha256)
    if not rows:
        return None
    own = len(columns_of(Device))
    theirs = own + len(columns_of(User))
    device = instance_of(Device, rows[0][:own])
    device.user = instance_of(User, rows[0][own:theirs])
    device.user.held = [_membership(row[theirs:]) for row in rows if row[theirs] is not None]
    return device


class PairingCode(models.Model):
    """A code shown as a QR to bind one phone to one person; valid for minutes, kept as sha256 only."""

    code_sha256 = models.BinaryField(max_length=32, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = VisibleToStaffOnly.as_manager()

    def __str__(self) -> str:
        return f"pairing code for {self.user}"
