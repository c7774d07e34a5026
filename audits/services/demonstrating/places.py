"""Where the demo plays: one agency, a chain of 24 hotels in three regions, and a small chain of restaurants.

The towns are real, the houses are not. Codes are what people of the chain would call a branch.
"""

from dataclasses import dataclass, field

OFFICE = ("quiet-guest", "Quiet Guest Agency")


@dataclass(frozen=True)
class Part:
    """A named part of a house that a section is repeated for: the restaurant (DIN) or the bar (BAR)."""

    section: str
    code: str
    name: str


@dataclass(frozen=True)
class Place:
    """A branch; `opened` is how many days before the demo's last day it opened, None for long ago.

    `closed_for_works` are the first and last day of a renovation, in days before the last day.
    """

    code: str
    town: str
    country: str
    timezone: str
    region: str
    facilities: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    opened: int | None = None
    closed_for_works: tuple[int, int] | None = None


@dataclass(frozen=True)
class House:
    """A chain: its branches, its regions (code → name), the pack it is audited by."""

    slug: str
    name: str
    pack: str
    regions: dict[str, str] = field(default_factory=dict)
    places: tuple[Place, ...] = ()


# What every hotel of the chain has; the larger and the quieter ones have something more.
_HOTEL = ("restaurant", "breakfast_buffet", "room_service", "laundry", "minibar", "parking", "online_checkin")
_CITY = (*_HOTEL, "gym", "business_centre", "doorman", "coffee_machine")
_GRAND = (*_CITY, "spa", "pool", "bathtub", "valet_parking", "airport_transfer", "club_lounge", "sommelier")
_RESORT = (*_HOTEL, "spa", "pool", "gym", "balcony", "bathtub", "family_rooms", "ev_charging")


def _dinner(name: str) -> Part:
    return Part("DIN", "dining-1", name)


def _second(name: str) -> Part:
    return Part("DIN", "dining-2", name)


def _bar(name: str) -> Part:
    return Part("BAR", "bar-1", name)


HOTELS = House(
    slug="linden-quay",
    name="Linden & Quay Hotels",
    pack="hotel-luxury",
    regions={"danube": "Danube and Alps", "north": "North and Atlantic", "south": "Mediterranean"},
    places=(
        Place("VIE", "Vienna", "AT", "Europe/Vienna", "danube", _GRAND,
              (_dinner("Lindenhof"), _second("Kaisersaal"), _bar("Fiaker Bar"))),
        Place("SZG", "Salzburg", "AT", "Europe/Vienna", "danube", _CITY, (_dinner("Salzach"), _bar("Nonnberg Bar"))),
        Place("GRZ", "Graz", "AT", "Europe/Vienna", "danube", _CITY, (_dinner("Murgarten"), _bar("Uhrturm Bar"))),
        Place("INN", "Innsbruck", "AT", "Europe/Vienna", "danube", _RESORT, (_dinner("Nordkette"), _bar("Gondel"))),
        Place("BUD", "Budapest", "HU", "Europe/Budapest", "danube", _GRAND, (_dinner("Duna"), _bar("Kettle Bar"))),
        Place("PRG", "Prague", "CZ", "Europe/Prague", "danube", _CITY, (_dinner("Na Kampě"), _bar("Lantern Bar"))),
        Place("MUC", "Munich", "DE", "Europe/Berlin", "danube", _CITY, (_dinner("Isarhof"), _bar("Gartenbar"))),
        Place("ZRH", "Zurich", "CH", "Europe/Zurich", "danube", _GRAND, (_dinner("Seefeld"), _bar("Limmat Bar"))),
        Place("LON", "London", "GB", "Europe/London", "north", _GRAND,
              (_dinner("The Long Room"), _second("Garden Room"), _bar("Wharf Bar"))),
        Place("EDI", "Edinburgh", "GB", "Europe/London", "north", _CITY, (_dinner("Thistle Room"), _bar("Close Bar"))),
        Place("DUB", "Dublin", "IE", "Europe/Dublin", "north", _CITY, (_dinner("Quayside"), _bar("The Snug"))),
        Place("AMS", "Amsterdam", "NL", "Europe/Amsterdam", "north", _CITY, (_dinner("Grachtzicht"), _bar("Sluis"))),
        Place("CPH", "Copenhagen", "DK", "Europe/Copenhagen", "north", _CITY, (_dinner("Havnen"), _bar("Fyrtårn"))),
        Place("OSL", "Oslo", "NO", "Europe/Oslo", "north", _CITY, (_dinner("Fjordstuen"), _bar("Bryggen"))),
        Place("LIS", "Lisbon", "PT", "Europe/Lisbon", "north", _GRAND, (_dinner("Miradouro"), _bar("Azulejo Bar"))),
        Place("PDL", "Ponta Delgada", "PT", "Atlantic/Azores", "north", _RESORT, (_dinner("Caldeira"), _bar("Maré")),
              closed_for_works=(250, 165)),
        Place("ROM", "Rome", "IT", "Europe/Rome", "south", _GRAND, (_dinner("Il Tiglio"), _bar("Pincio Bar"))),
        Place("FLR", "Florence", "IT", "Europe/Rome", "south", _CITY, (_dinner("Lungarno"), _bar("Loggia"))),
        Place("VCE", "Venice", "IT", "Europe/Rome", "south", _CITY, (_dinner("La Banchina"), _bar("Altana"))),
        Place("BCN", "Barcelona", "ES", "Europe/Madrid", "south", _CITY, (_dinner("Moll"), _bar("Terrat"))),
        Place("SVQ", "Seville", "ES", "Europe/Madrid", "south", _CITY, (_dinner("Patio"), _bar("Naranjo"))),
        Place("NCE", "Nice", "FR", "Europe/Paris", "south", _RESORT, (_dinner("Les Galets"), _bar("Baie"))),
        Place("ATH", "Athens", "GR", "Europe/Athens", "south", _CITY, (_dinner("Plaka"), _bar("Stoa"))),
        Place("VLT", "Valletta", "MT", "Europe/Malta", "south", _CITY, (_dinner("Bastion"), _bar("Grand Harbour Bar")),
              opened=56),
    ),
)  # fmt: skip

RESTAURANTS = House(
    slug="copper-spoon",
    name="Copper Spoon Restaurants",
    pack="restaurant",
    regions={"all": "All restaurants"},
    places=(
        Place("HAM", "Hamburg", "DE", "Europe/Berlin", "all", ("bar", "cloakroom", "terrace")),
        Place("CGN", "Cologne", "DE", "Europe/Berlin", "all", ("bar", "cloakroom", "family_seating")),
        Place("LEJ", "Leipzig", "DE", "Europe/Berlin", "all", ("cloakroom", "family_seating")),
        Place("BSL", "Basel", "CH", "Europe/Zurich", "all", ("bar", "cloakroom")),
        Place("LNZ", "Linz", "AT", "Europe/Vienna", "all", ("bar", "terrace", "family_seating")),
    ),
)

HOUSES = (HOTELS, RESTAURANTS)
