"""What is replayed against what: the period, the two schemes, the target standards, the branches."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from audits.models import Component, Series
from audits.models.compiled import scheme_of
from audits.models.marking import longest_window
from audits.scoring.periods import Period
from audits.scoring.replay import RatingRules
from audits.services.rehearsing.target import Target
from chains.models import Location
from standards.models import SchemeVersion
from standards.spec.scheme import Scheme, parse_scheme


@dataclass(frozen=True)
class Setting:
    """One rehearsal: `before` is the scheme in force on the period's last day, `after` the chosen one."""

    series: Series
    period: Period
    in_force: SchemeVersion
    chosen: SchemeVersion
    before: RatingRules
    after: RatingRules
    target: Target | None
    facilities: Mapping[uuid.UUID, tuple[str, ...]]

    @property
    def scheme_differs(self) -> bool:
        """Whether another scheme is tried than the one in force."""
        return self.before.scheme != self.after.scheme

    def window(self) -> timedelta | None:
        """How far back visits must be read: as far as the series' scheme ever looks, or the chosen one."""
        longest = longest_window(self.series.scheme_id)
        within = self.after.scheme.visits.within if self.after.scheme.visits else None
        return max(longest, timedelta(days=within)) if longest is not None and within else None


def setting_of(series: Series, period: Period, chosen: SchemeVersion | None, target: Target | None) -> Setting | None:
    """The setting of a rehearsal; None where no scheme is in force in this period."""
    in_force = SchemeVersion.objects.in_force(scheme_id=series.scheme_id, day=period.end)
    current: SchemeVersion | None = in_force.select_related("scheme").first()
    scheme = scheme_of(current.pk).on(period.end) if current else None
    if current is None or scheme is None:
        return None
    weights = dict(Component.objects.filter(programme_id=series.programme_id).values_list("pk", "weight"))
    places = Location.objects.filter(chain_id=series.programme.chain_id).values_list("pk", "facilities")
    return Setting(
        series=series,
        period=period,
        in_force=current,
        chosen=chosen or current,
        before=RatingRules(scheme, weights, period.end),
        after=RatingRules(_rules_of(chosen, period) if chosen else scheme, weights, period.end),
        target=target,
        facilities={pk: tuple(facilities) for pk, facilities in places},
    )


def _rules_of(version: SchemeVersion, period: Period) -> Scheme:
    """The rules that a scheme has on the period's last day; its newest ones where it begins later."""
    document = parse_scheme(version.document)
    return document.on(period.end) or document.newest()
