"""The fixed cast that every test knows, and plain functions that build rows.

The agency Keen Eyes serves two chains: Aurora (Vienna and Graz in the region east, Linz in the region west) and
Borealis (Oslo). Ada and Bea audit for Keen Eyes; Paul plans, Rita reviews, Olga administers. Of Aurora: Mia manages the
region east, Max the region west, Mona only Graz; Eda edits, Cora is chain admin and publishes. Bob manages Borealis.
Stan is staff without any role.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from audits.models import Component, Programme, Series
from chains.models import Chain, GroupMembership, Location, LocationGroup, Membership, Office, User
from standards.models import Checklist, ChecklistVersion, RatingScheme, SchemeVersion
from standards.models.frozen import pressed
from standards.spec import checklist as spec
from standards.spec.digest import canonical_bytes, sha256_hex

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)

SCHEME = {
    "levels": ["one", "two", "three", "four", "five"],
    "values": {"score": {"mean": [["tag.service", "0.75"], ["tag.facility", "0.25"]]}},
    "decide": {
        "grid": ["score"],
        "at_least": {"five": ["90"], "four": ["80"], "three": ["70"], "two": ["60"]},
        "else": "one",
    },
    "adjust": [{"at_most": "four", "when": {"critical_failed": {"above": "0"}}}],
    "visits": {"within": "365", "combine": "mean", "minimum": "1", "below_minimum": "provisional"},
}


@dataclass
class Cast:
    """Everybody and every place, by name."""

    office: Office
    aurora: Chain
    borealis: Chain
    east: LocationGroup
    west: LocationGroup
    north: LocationGroup
    vienna: Location
    graz: Location
    linz: Location
    oslo: Location
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """`cast.ada` is the person named Ada."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def build_cast() -> Cast:
    """Make the whole cast (about 40 rows)."""
    office = Office.objects.create(name="Keen Eyes", slug="keen-eyes")
    aurora = Chain.objects.create(office=office, name="Aurora Hotels", slug="aurora")
    borealis = Chain.objects.create(office=office, name="Borealis Hotels", slug="borealis")
    east, west = (
        LocationGroup.objects.create(chain=aurora, kind="region", code=code, name=code.title())
        for code in ("east", "west")
    )
    north = LocationGroup.objects.create(chain=borealis, kind="region", code="north", name="North")
    vienna, graz = (place(aurora, name, "Europe/Vienna", east) for name in ("Vienna", "Graz"))
    linz = place(aurora, "Linz", "Europe/Vienna", west)
    oslo = place(borealis, "Oslo", "Europe/Oslo", north)
    cast = Cast(office, aurora, borealis, east, west, north, vienna, graz, linz, oslo)
    for name, role in {
        "ada": "auditor",
        "bea": "auditor",
        "paul": "planner",
        "rita": "reviewer",
        "olga": "office_admin",
    }.items():
        cast.people[name] = person(name)
        Membership.objects.create(user=cast.people[name], role=role, office=office)
    for name, role, groups, locations, publishes in (
        ("mia", "manager", [east], [], False),
        ("max", "manager", [west], [], False),
        ("mona", "manager", [], [graz], False),
        ("eda", "editor", [], [], False),
        ("cora", "chain_admin", [], [], True),
    ):
        cast.people[name] = person(name)
        membership = Membership.objects.create(user=cast.people[name], role=role, chain=aurora, publishes=publishes)
        membership.groups.set(groups)
        membership.locations.set(locations)
    cast.people["bob"] = person("bob")
    Membership.objects.create(user=cast.people["bob"], role="manager", chain=borealis).groups.set([north])
    cast.people["stan"] = person("stan")
    return cast


def person(name: str, **fields: Any) -> User:
    """An account that may open the admin; its password is its name in upper case (hashed cheaply in tests)."""
    return User.objects.create_user(username=name, password=name.upper(), is_staff=True, **fields)


def place(chain: Chain, name: str, timezone: str, *groups: LocationGroup) -> Location:
    """A branch in groups, with a spa."""
    location = Location.objects.create(
        chain=chain, code=name[:3].upper(), name=name, town=name, timezone=timezone, facilities=["spa"]
    )
    for group in groups:
        GroupMembership.objects.create(group=group, location=location)
    return location


def small_checklist(**changes: Any) -> spec.Checklist:
    """Six standards in three sections: every test knows them by heart."""
    one = spec.Standard
    content = {
        "code": "stay",
        "name": "Stay",
        "language": "en",
        "decimals": 1,
        "classifications": (spec.Named("courtesy", "Courtesy"), spec.Named("cleanliness", "Cleanliness")),
        "sections": (
            spec.Section("ARR", "Arrival"),
            spec.Section("ROOM", "Room"),
            spec.Section("BAR", "Bar", repeats=True),
        ),
        "standards": (
            one("ARR-001", "ARR", "The guest was greeted.", classification="courtesy", tags=("service",)),
            one("ARR-002", "ARR", "The greeting came within 60 s.", kind="measure", unit="s", at_most="60",
                classification="courtesy", tags=("service",), weight="2"),
            one("ARR-003", "ARR", "How warm was it?", kind="scale", classification="courtesy", tags=("service",)),
            one("ROOM-001", "ROOM", "The bed was clean.", classification="cleanliness", tags=("facility",),
                severity="critical", comment_on_fail=True),
            one("ROOM-002", "ROOM", "The spa was open.", classification="cleanliness", tags=("facility",),
                facilities=("spa",)),
            one("BAR-001", "BAR", "A drink was offered.", classification="courtesy", tags=("service",)),
        ),
    }  # fmt: skip
    return spec.Checklist(**(content | changes))


def publish_directly(
    chain: Chain, checklist: spec.Checklist, *, number: int = 1, now: datetime = NOW, **fields: Any
) -> ChecklistVersion:
    """A published version straight from values, for tests that are not about publishing."""
    lasting, _ = Checklist.objects.get_or_create(chain=chain, code=checklist.code, defaults={"name": checklist.name})
    body = spec.frozen_bytes(checklist)
    return ChecklistVersion.objects.create(
        checklist=lasting,
        chain=chain,
        number=number,
        state="published",
        language=checklist.language,
        decimals=checklist.decimals,
        sha256=sha256_hex(body),
        body=pressed(body),
        created_at=now,
        published_at=now,
        **fields,
    )


def scheme_in_force(
    chain: Chain, document: dict[str, Any] | None = None, *, since: date = date(2020, 1, 1)
) -> SchemeVersion:
    """A published scheme version that holds from a day."""
    scheme, _ = RatingScheme.objects.get_or_create(chain=chain, code="stars", defaults={"name": "Stars"})
    text = canonical_bytes(document or SCHEME)
    return SchemeVersion.objects.create(
        scheme=scheme,
        number=scheme.versions.count() + 1,
        effective_from=since,
        document=text.decode(),
        sha256=sha256_hex(text),
        published_at=NOW,
    )


def programme_of(version: ChecklistVersion, scheme: SchemeVersion, **rules: Any) -> tuple[Programme, Component, Series]:
    """A programme with one component and a monthly series; accepts automatically and releases at once unless told."""
    rules = {"automatic_acceptance": True, "release_mode": "at_once", "evidence_types": ["photo"]} | rules
    programme = Programme.objects.create(chain=version.chain, code="p", name="Programme", **rules)
    component = Component.objects.create(programme=programme, code="stay", name="Stay", checklist=version.checklist)
    series = Series.objects.create(
        programme=programme, code="league", name="Monthly league", scheme=scheme.scheme, period_kind="month"
    )
    return programme, component, series
