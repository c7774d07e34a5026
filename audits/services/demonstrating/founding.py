"""Making the rows that the demo stands on: the agency, its chains with branches and regions, people, programmes."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from audits.models import Component, Programme, Series
from audits.services.demonstrating.people import SHOPPERS, SIGN_IN, Person
from audits.services.demonstrating.places import HOUSES, OFFICE, House
from audits.services.demonstrating.programmes import Plan
from audits.services.demonstrating.schedule import opening_day, works_days
from chains.models import Chain, GroupMembership, Location, LocationGroup, Membership, Office, Outlet, User
from standards.models import Brief, Checklist, RatingScheme

# Branches were in their regions long before the demo's first day.
LONG_AGO = timedelta(days=3 * 365)


def is_loaded() -> bool:
    """Whether the demo lies in this database, whole: it is loaded in one transaction."""
    return Office.objects.filter(slug=OFFICE[0]).exists()


def foreign_chains() -> list[str]:
    """Slugs of chains that are not the demo's."""
    return list(Chain.objects.exclude(slug__in=[house.slug for house in HOUSES]).values_list("slug", flat=True))


def found_office() -> Office:
    """The agency."""
    slug, name = OFFICE
    return Office.objects.create(slug=slug, name=name)


def found_chain(house: House, office: Office, *, last_day: date) -> Chain:
    """A chain with its regions, branches and outlets."""
    chain = Chain.objects.create(office=office, slug=house.slug, name=house.name)
    regions = {
        code: LocationGroup.objects.create(chain=chain, kind=LocationGroup.Kind.REGION, code=code, name=name)
        for code, name in house.regions.items()
    }
    brand = house.name.removesuffix(" Hotels").removesuffix(" Restaurants")
    for place in house.places:
        works = works_days(place, last_day)
        location = Location.objects.create(
            chain=chain,
            code=place.code,
            name=f"{brand} {place.town}",
            town=place.town,
            country=place.country,
            timezone=place.timezone,
            facilities=sorted(place.facilities),
            opened_on=opening_day(place, last_day) if place.opened is not None else None,
            suspended_from=works[0] if works else None,
            suspended_until=works[1] if works else None,
        )
        GroupMembership.objects.create(
            group=regions[place.region], location=location, valid_from=location.opened_on or last_day - LONG_AGO
        )
        for part in place.parts:
            Outlet.objects.create(location=location, section_code=part.section, code=part.code, name=part.name)
    return chain


def found_people(office: Office, passwords: Mapping[str, str]) -> dict[str, User]:
    """Everybody by username. Those without a password in `passwords` cannot sign in."""
    chains = {chain.slug: chain for chain in Chain.objects.filter(office=office)}
    people: dict[str, User] = {}
    for person in (*SIGN_IN, *SHOPPERS):
        people[person.username] = _account(person, passwords.get(person.username))
        if not person.is_admin:
            _place(person, people[person.username], office, chains)
    return people


def _account(person: Person, password: str | None) -> User:
    user: User = User.objects.create(
        username=person.username,
        first_name=person.first_name,
        last_name=person.last_name,
        password=make_password(password),
        is_staff=bool(password),
        is_superuser=person.is_admin,
    )
    return user


def _place(person: Person, user: User, office: Office, chains: Mapping[str, Chain]) -> None:
    chain = chains.get(person.chain)
    held = Membership.objects.create(
        user=user, role=person.role, chain=chain, office=None if chain else office, publishes=person.publishes
    )
    if person.region:
        held.groups.set(LocationGroup.objects.filter(chain=chain, code=person.region))


def found_programme(plan: Plan, chain: Chain, *, checklist: Checklist, scheme: RatingScheme, brief: Brief) -> Component:
    """A programme that accepts whole visits by itself and releases them at once, with its one component and series."""
    programme = Programme.objects.create(
        chain=chain,
        code=plan.code,
        name=plan.name,
        automatic_acceptance=True,
        release_mode=Programme.ReleaseMode.AT_ONCE,
        reveal=Programme.Reveal.MONTH,
        shares_comments=True,
        shares_evidence=True,
        evidence_types=["photo", "receipt"],
    )
    for code, name, kind in plan.series:
        Series.objects.create(programme=programme, code=code, name=name, scheme=scheme, period_kind=kind)
    return Component.objects.create(
        programme=programme,
        code=plan.component,
        name=plan.component_name,
        checklist=checklist,
        brief=brief,
        minimum_coverage=plan.minimum_coverage,
    )


def auditors(people: Mapping[str, User]) -> Sequence[User]:
    """Those who make visits, the one who signs in first."""
    return [people[person.username] for person in (*SIGN_IN, *SHOPPERS) if person.role == "auditor"]
