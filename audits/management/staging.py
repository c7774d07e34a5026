"""Sets the stage for the demo: the agency, its chains with published standards and programmes, people with phones."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from audits.models import Component
from audits.services.demonstrating import founding
from audits.services.demonstrating.places import HOUSES, House
from audits.services.demonstrating.programmes import Plan
from audits.services.demonstrating.temper import Temper, temper_of
from chains.models import Chain, Device, Location, User
from chains.services import devices
from chains.services.devices import Phone
from standards.models import BriefVersion, ChecklistVersion, SchemeVersion
from standards.services import briefs, packing, schemes

# Schemes hold for the whole of what the demo shows, and the months before.
IN_FORCE_BEFORE = timedelta(days=400)
PHONE = Phone(install_id="demo", platform="demo", app_version="1.0.0")


@dataclass(frozen=True)
class Cast:
    """The people of the demo by username, its shoppers, and their phones by person."""

    people: Mapping[str, User]
    auditors: Sequence[User]
    phones: Mapping[int, Device]


@dataclass(frozen=True)
class Stage:
    """One chain ready for visits: its programme's component, its branches by code, the temper of each."""

    house: House
    plan: Plan
    component: Component
    locations: Mapping[str, Location]
    tempers: Mapping[str, Temper]
    brief_sha256: str


def gather(passwords: Mapping[str, str], *, last_day: date, now: datetime) -> Cast:
    """The agency, its chains with their branches, and everybody."""
    office = founding.found_office()
    for house in HOUSES:
        founding.found_chain(house, office, last_day=last_day)
    people = founding.found_people(office, passwords)
    auditors = founding.auditors(people)
    return Cast(people, auditors, paired(auditors, now))


def paired(auditors: Sequence[User], now: datetime) -> dict[int, Device]:
    """Each shopper's phone, signed in at this time; signing in again renews it."""
    return {person.pk: devices.sign_in(person=person, phone=PHONE, now=now).device for person in auditors}


def house_of(plan: Plan) -> House:
    """The chain that a programme runs in."""
    return next(house for house in HOUSES if house.slug == plan.chain)


def set_stage(plan: Plan, *, seed: int, now: datetime, by: User) -> Stage:
    """The pack and the brief published, the scheme in force, the programme founded."""
    house = house_of(plan)
    chain = Chain.objects.get(slug=plan.chain)
    version, scheme = _published_pack(house, plan, chain, now=now, by=by)
    brief = _published_brief(plan, chain, now=now, by=by)
    component = founding.found_programme(
        plan, chain, checklist=version.checklist, scheme=scheme.scheme, brief=brief.brief
    )
    sections = tuple(section.code for section in version.content().sections)
    return Stage(
        house=house,
        plan=plan,
        component=component,
        locations={location.code: location for location in Location.objects.filter(chain=chain)},
        tempers={place.code: temper_of(place.code, sections, seed=seed) for place in house.places},
        brief_sha256=brief.sha256 or "",
    )


def _published_pack(
    house: House, plan: Plan, chain: Chain, *, now: datetime, by: User
) -> tuple[ChecklistVersion, SchemeVersion]:
    since = now.date() - IN_FORCE_BEFORE
    loaded = packing.load_pack(name=house.pack, chain_id=chain.pk, by=by, now=now, publish=True, since=since)
    scheme = loaded.scheme
    if scheme is None:
        raise ValueError(f"The pack {house.pack} has no rating scheme.")
    if plan.visits_rule:
        document = json.dumps(json.loads(scheme.document) | {"visits": plan.visits_rule})
        draft = schemes.new_scheme_draft(
            scheme_id=scheme.scheme_id, document=document, effective_from=since, by=by, now=now
        )
        scheme = schemes.publish_scheme(version_id=draft.pk, by=by, now=now, note="All visits of the last year count.")
    return loaded.version, scheme


def _published_brief(plan: Plan, chain: Chain, *, now: datetime, by: User) -> BriefVersion:
    draft = briefs.new_brief(
        chain_id=chain.pk, code=plan.brief.code, name=plan.brief.name, text=plan.brief.text, by=by, now=now
    )
    return briefs.publish_brief(version_id=draft.pk, by=by, now=now)
