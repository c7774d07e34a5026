"""A rehearsal says what comes out when the draft is really published, every visit audited with it, and rated."""

import random
from datetime import date

import pytest

from standards.services import publishing
from standards.spec.checklist import OnlyIf
from tests.audits.delivering import delivered, planned
from tests.audits.rehearsing.reality import rated_again
from tests.audits.settling import settle
from tests.cast import NOW

pytestmark = pytest.mark.django_db

DRAFTS = {
    "weights": {"ARR-003": {"weight": "3"}, "ROOM-001": {"weight": "2.5"}},
    "limits and tags": {"ARR-002": {"at_most": "45"}, "ARR-003": {"tags": ("facility",)}},
    "severity and section": {"ARR-001": {"severity": "critical"}, "ROOM-002": {"section": "ARR", "tags": ("service",)}},
    "removed, renamed, bonus": {"ARR-001": None, "ARR-003": {"code": "ARR-103", "bonus": True}},
    "conditions": {"ARR-003": {"only_if": OnlyIf("ARR-001", "met")}, "ARR-001": {"na": False}},
    "another kind": {"ARR-003": {"kind": "points", "max": "8"}, "ROOM-002": {"facilities": ("pool",)}},
}


def seen(dice: random.Random):
    """What was seen on one visit."""
    return {
        "ARR-001": dice.choice(["met", "met", "not_met", "na"]),
        "ARR-002": dice.choice([20, 50, 70, 40_000]),
        "ARR-003": dice.randrange(11),
        "ROOM-001": dice.choice(["met", "met", "met", "not_met"]),
        "ROOM-002": dice.choice(["met", "not_met", "na"]),
    }


@pytest.mark.parametrize("changes", DRAFTS.values(), ids=DRAFTS)
def test_stars_and_scores_are_the_same(june, changes):
    dice = random.Random(7)
    for name in ("vienna", "graz", "linz"):
        place = getattr(june.cast, name)
        for month in (3, 4, 5):
            delivered(
                planned(june.component, june.version, place, june.cast.bea),
                seen(dice),
                visited_on=date(2026, month, 2),
            )
    settle()
    draft = june.draft(changes)
    foretold = june.rehearse(draft)
    version = publishing.publish(version_id=draft.pk, by=None, now=NOW)
    old = {standard.code for standard in june.version.content().standards}
    renamed = {fields["code"]: code for code, fields in changes.items() if fields and "code" in fields}
    was = {standard.code: renamed.get(standard.code, standard.code) for standard in version.content().standards}
    was = {code: earlier for code, earlier in was.items() if earlier in old and code not in foretold["not_replayed"]}
    really = rated_again(june.series, version, was, start=date(2026, 6, 1), now=NOW)
    assert {row["code"]: row["after"] for row in foretold["locations"]} == really
    assert len(really) == 3
