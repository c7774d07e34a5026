"""What runs in the demo: one programme per chain, its series, its brief, and how its scheme differs from the pack's."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Brief:
    """The scenario that shoppers play."""

    code: str
    name: str
    text: str


@dataclass(frozen=True)
class Plan:
    """A programme of one chain (its slug), with the visits made per branch.

    `series` are (code, name, kind of period); `visits_rule`, where not empty, replaces the `visits` piece of the pack's
    scheme.
    """

    chain: str
    code: str
    name: str
    component: str
    component_name: str
    series: tuple[tuple[str, str, str], ...]
    brief: Brief
    months: int
    minimum_coverage: int
    visits_rule: dict[str, object] = field(default_factory=dict)


STAY = Plan(
    chain="linden-quay",
    code="guest-journey",
    name="Guest journey",
    component="stay",
    component_name="Overnight stay",
    series=(("monthly", "Monthly league", "month"), ("quarterly", "Quarterly stars", "quarter")),
    brief=Brief(
        "weekend-guest",
        "A guest for one or two nights",
        "You travel alone or as a couple and stay for one or two nights. Book by telephone under your own name, ask "
        "one question by message before you arrive, have dinner in the house and breakfast the next morning. Voice one "
        "small, true complaint and note how it is dealt with. Keep all receipts.\n\n"
        "Never say or hint that you are on an audit. If you are recognised, finish your stay as a private guest and "
        "report it as recognised.",
    ),
    months=12,
    minimum_coverage=60,
    # The pack rates the last four visits of two years; the demo has one year, and shows all of it.
    visits_rule={
        "only": {"kind": "mystery"},
        "within": "365",
        "combine": "mean",
        "minimum": "3",
        "below_minimum": "provisional",
        "minimum_to_rank": "3",
    },
)
DINNER = Plan(
    chain="copper-spoon",
    code="dinner-for-two",
    name="Dinner for two",
    component="dinner",
    component_name="Dinner",
    series=(("quarterly", "Quarterly plates", "quarter"),),
    brief=Brief(
        "dinner-for-two",
        "Dinner for two on a weekday",
        "You are two guests with a reservation made by telephone. One of you asks about an allergy that is true. Order "
        "three courses, one glass of wine and water. Pay by card and ask for a receipt. Never say that you are on an "
        "audit.",
    ),
    months=5,
    minimum_coverage=60,
)
PLANS = (STAY, DINNER)
