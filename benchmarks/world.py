"""A chain with thousands of branches and released, scored visits, straight as rows: what the benchmarks measure on."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from audits.models import Assignment, Audit, Component, Observation, Programme, ScopeDocument, Score, Series, Submission
from audits.models.compiled import plan_of
from audits.scoring.packing import as_batch, pack
from audits.scoring.parts import pack_many_parts
from audits.scoring.vector import digest, encode, make_layout
from audits.scoring.visits import score_many
from chains.models import Chain, Location, Membership, Office, User
from standards.models import Checklist, ChecklistVersion, RatingScheme, SchemeVersion
from standards.models.frozen import pressed
from standards.spec import checklist as spec
from standards.spec.digest import canonical_bytes, sha256_hex
from standards.spec.scope import make_scope, scope_bytes

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
SECTIONS, STANDARDS = 25, 900
SCHEME = {
    "levels": ["one", "two", "three", "four", "five"],
    "outcomes": ["provisional"],
    "values": {"score": {"mean": [["tag.service", "0.75"], ["tag.facility", "0.25"]]}},
    "decide": {
        "grid": ["score"],
        "at_least": {"five": ["90"], "four": ["80"], "three": ["70"], "two": ["60"]},
        "else": "one",
    },
    "adjust": [{"at_most": "four", "when": {"critical_failed": {"above": "0"}}}],
    "visits": {"within": "1200", "combine": "mean", "minimum": "3", "below_minimum": "provisional"},
}


def checklist() -> spec.Checklist:
    """900 standards in 25 sections and 9 classifications."""
    standards = (
        spec.Standard(
            f"S{i:03}",
            f"SEC{i % SECTIONS:02}",
            f"Standard number {i} was met.",
            classification=f"c{i % 9}",
            tags=("service" if i % 3 else "facility",),
        )
        for i in range(STANDARDS)
    )
    return spec.Checklist(
        code=f"bench-{uuid.uuid4().hex[:8]}",
        name="Bench",
        language="en",
        decimals=0,
        sections=tuple(spec.Section(f"SEC{i:02}", f"Section {i}") for i in range(SECTIONS)),
        standards=tuple(sorted(standards, key=lambda standard: standard.section)),
        classifications=tuple(spec.Named(f"c{i}", f"Class {i}") for i in range(9)),
    )


class Sheet(NamedTuple):
    """One filled-in checklist: its stored form, its digest, and the columns of its score."""

    packed: bytes
    digest: bytes
    figures: dict[str, Any]


class World:
    """One chain of `branches` with `visits` each; `boss` is its head office."""

    def __init__(self, branches: int, visits: int) -> None:
        tag = uuid.uuid4().hex[:8]
        office = Office.objects.create(name=f"Bench {tag}", slug=f"bench-{tag}")
        self.chain = Chain.objects.create(office=office, name=f"Bench {branches} {tag}", slug=f"bench-{tag}")
        self._publish()
        self.places = Location.objects.bulk_create(
            (Location(chain=self.chain, code=f"L{i:05}", name=f"Branch {i}") for i in range(branches)), batch_size=2000
        )
        self.boss = User.objects.create(username=f"boss-{tag}")
        Membership.objects.create(user=self.boss, role="chain_admin", chain=self.chain)
        self.auditor = User.objects.create(username=f"auditor-{tag}")
        self.sheets = self._sheets(500, random.Random(branches))
        for part in range(0, branches, 500):
            self._visits(self.places[part : part + 500], visits, random.Random(part))

    def _publish(self) -> None:
        content = checklist()
        lasting = Checklist.objects.create(chain=self.chain, code=content.code, name="Bench")
        body = spec.frozen_bytes(content)
        self.version = ChecklistVersion.objects.create(
            checklist=lasting,
            chain=self.chain,
            number=1,
            state="published",
            sha256=sha256_hex(body),
            body=pressed(body),
            created_at=NOW,
            published_at=NOW,
        )
        scope = make_scope(checklist=content, checklist_sha256=sha256_hex(body), facilities=(), instances=())
        text = scope_bytes(scope)
        self.scope = ScopeDocument.objects.create(chain=self.chain, sha256=sha256_hex(text), body=pressed(text))
        self.layout = make_layout(content, scope)
        document = canonical_bytes(SCHEME)
        scheme = RatingScheme.objects.create(chain=self.chain, code="stars", name="Stars")
        SchemeVersion.objects.create(
            scheme=scheme,
            number=1,
            effective_from=date(2020, 1, 1),
            document=document.decode(),
            sha256=sha256_hex(document),
            published_at=NOW,
        )
        self.programme = Programme.objects.create(chain=self.chain, code="p", name="Bench")
        self.component = Component.objects.create(programme=self.programme, code="c", name="Stay", checklist=lasting)
        self.series = Series.objects.create(
            programme=self.programme, code="year", name="Annual", scheme=scheme, period_kind="year"
        )

    def _visits(self, places: list[Location], visits: int, dice: random.Random) -> None:
        pairs = [(place, date(2026, 6, 1) - timedelta(days=30 * i)) for place in places for i in range(visits)]
        audits = Audit.objects.bulk_create(self._audit(place, day) for place, day in pairs)
        assignments = Assignment.objects.bulk_create(
            Assignment(audit=audit, auditor=self.auditor, state="delivered", offered_at=NOW) for audit in audits
        )
        submissions = Submission.objects.bulk_create(
            Submission(
                id=uuid.uuid4(),
                sender=self.auditor,
                assignment=assignment,
                claimed_assignment=assignment.pk,
                digest=bytes(32),
                length=1,
                received_at=NOW,
                receipt="",
                state="accepted",
                outcome="completed",
                visited_on=audit.visited_on,
            )
            for assignment, audit in zip(assignments, audits, strict=True)
        )
        drawn = [dice.choice(self.sheets) for _ in pairs]
        observations = Observation.objects.bulk_create(
            Observation(submission=s, version=self.version, scope=self.scope, answers=sheet.packed, digest=sheet.digest)
            for s, sheet in zip(submissions, drawn, strict=True)
        )
        Score.objects.bulk_create(
            Score(audit=audit, observation=observation, **sheet.figures)
            for audit, observation, sheet in zip(audits, observations, drawn, strict=True)
        )

    def _audit(self, place: Location, day: date) -> Audit:
        return Audit(
            programme=self.programme,
            component=self.component,
            location=place,
            state="released",
            version=self.version,
            scope=self.scope,
            window_from=day,
            window_until=day,
            planned_at=NOW,
            visited_on=day,
            accepted_at=NOW,
            released_at=NOW,
            visit_id=uuid.uuid4(),
        )

    def _sheets(self, count: int, dice: random.Random) -> list["Sheet"]:
        """Answer sheets with 20 to 250 failures each, scored; visits draw from them."""
        answers = []
        for _ in range(count):
            bad = set(dice.sample(self.layout.keys, dice.randrange(20, 250)))
            answers.append(encode(self.layout, {k: "not_met" if k in bad else "met" for k in self.layout.keys})[0])
        scores = score_many(plan_of(self.version.pk, self.scope.pk), as_batch(answers))
        parts = pack_many_parts(scores.earned, scores.possible)
        return [
            Sheet(
                packed=pack(one),
                digest=digest(one),
                figures={
                    "amendments_digest": bytes(32),
                    "scope_sha256": bytes(32),
                    "checklist_sha256": bytes(32),
                    "engine": 1,
                    "earned": int(scores.earned[i, 0]),
                    "possible": int(scores.possible[i, 0]),
                    "assessed": int(scores.assessed[i]),
                    "assessable": int(scores.assessable[i]),
                    "critical_failed": int(scores.critical_failed[i]),
                    "failed": int(scores.failed[i]),
                    "parts": parts[i],
                    "scored_at": NOW,
                },
            )
            for i, one in enumerate(answers)
        ]
