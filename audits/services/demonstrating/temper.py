"""What each branch of the demo is like: how good, in what, and how that changed; from a seed, the same every time."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Temper:
    """How likely a branch meets an ordinary standard, and what makes it more or less likely.

    `drift` is the change of that chance per month, `unsteady` its spread from visit to visit; `sections` and
    `classes` shift it for one section or classification. `critical_miss` names visits (0 is the latest) in which one
    critical standard was missed.
    """

    chance: float
    drift: float = 0.0
    unsteady: float = 0.012
    sections: Mapping[str, float] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    critical_miss: tuple[int, ...] = ()


# Stories that somebody looking at the demo should be able to find; everyone else is drawn from the seed.
STORIES: dict[str, Temper] = {
    # The best house, and the same for five stars but for one critical failure three visits ago.
    "ZRH": Temper(0.955, unsteady=0.008),
    "VIE": Temper(0.95, unsteady=0.008, critical_miss=(2,)),
    # Two that no number of stars should tell apart.
    "LON": Temper(0.865, unsteady=0.02),
    "LIS": Temper(0.866, unsteady=0.02),
    # Good people, bad housekeeping.
    "PRG": Temper(0.88, sections={"HSK": -0.34, "ROOM": -0.2, "BATH": -0.24, "TDN": -0.2}),
    # Nobody answers the telephone.
    "DUB": Temper(0.84, sections={"RESP": -0.32, "RESO": -0.08, "MSG": -0.22}),
    # Climbing and sliding through the year.
    "GRZ": Temper(0.92, drift=0.014),
    "OSL": Temper(0.87, drift=0.011),
    "SVQ": Temper(0.82, drift=0.009),
    "NCE": Temper(0.74, drift=-0.012),
    # Brilliant on one day, careless on the next.
    "ROM": Temper(0.81, unsteady=0.06),
    # Warm, but slow.
    "ATH": Temper(0.80, classes={"efficiency": -0.16, "courtesy": 0.06}),
    # The one that head office worries about.
    "CPH": Temper(0.655, unsteady=0.025),
    # The newest house.
    "VLT": Temper(0.87),
    "LEJ": Temper(0.80, classes={"cleanliness": -0.14}),
    "BSL": Temper(0.95, unsteady=0.008),
}

# A chain-wide dip while seasonal staff is new, by month of the year.
SEASON = {6: -0.008, 7: -0.016, 8: -0.02, 12: -0.006}


def temper_of(code: str, sections: tuple[str, ...], *, seed: int) -> Temper:
    """The temper of a branch: its story, or one drawn from the seed; small strengths and weaknesses always drawn."""
    draw = random.Random(f"{seed}:{code}:temper")
    told = STORIES.get(code)
    own = {section: draw.gauss(0, 0.03) for section in sections}
    if told is None:
        return Temper(draw.uniform(0.72, 0.90), unsteady=draw.uniform(0.01, 0.02), sections=own)
    shifted = own | {section: own.get(section, 0.0) + shift for section, shift in told.sections.items()}
    return Temper(told.chance, told.drift, told.unsteady, shifted, told.classes, told.critical_miss)


def chance_on_visit(temper: Temper, *, months_ago: float, month: int, draw: random.Random) -> float:
    """The chance of an ordinary standard on one visit, before section and classification. `drift` counts backwards."""
    return temper.chance - temper.drift * months_ago + SEASON.get(month, 0.0) + draw.gauss(0, temper.unsteady)
