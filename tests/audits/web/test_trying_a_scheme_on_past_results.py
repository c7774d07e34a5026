"""A scheme that is not saved yet, tried on the results of a series: over the API and on its page in the admin."""

import json

import pytest
from django.urls import reverse

from audits.models import Rating
from chains.models import Membership
from standards.models import SchemeVersion
from standards.services import schemes
from tests.audits.web.reading import tables, text
from tests.cast import NOW, SCHEME

pytestmark = pytest.mark.django_db
PAGE = "/admin/audits/series/try-scheme/"
STRICTER = SCHEME | {
    "decide": SCHEME["decide"] | {"at_least": {"five": ["95"], "four": ["85"], "two": ["60"], "three": ["70"]}}
}
BY_RANK = {
    "levels": ["four", "five"],
    "values": SCHEME["values"],
    "peers": {"value": "score", "shares": {"five": "33", "four": "67"}},
    "visits": SCHEME["visits"],
    "outcomes": ["provisional"],
}


@pytest.fixture
def tried(client, league):
    """A function that tries a scheme as somebody; the answer."""

    def ask(person, document, **more):
        client.force_login(person)
        body = json.dumps({"document": json.dumps(document)} | more)
        return client.post(f"/api/v1/series/{league.series.pk}/scheme-preview", body, content_type="application/json")

    return ask


def moves(answer):
    return [(one["location"]["code"], one["now"], one["then"], one["moves"]) for one in answer.json()["results"]]


class TestOverTheApi:
    def test_the_scheme_in_force_changes_nothing(self, cast, tried):
        answer = tried(cast.cora, SCHEME)
        assert moves(answer) == [("GRA", "four", "four", ""), ("LIN", "four", "four", ""), ("VIE", "five", "five", "")]
        scores = [(one["score_now"], one["score_then"]) for one in answer.json()["results"]]
        assert scores == [(81.3, 81.3), (87.5, 87.5), (100.0, 100.0)]
        assert answer.json()["moved"] == {"up": 0, "down": 0, "other": 0}

    def test_another_scheme_shows_who_rises_and_falls(self, cast, tried):
        answer = tried(cast.cora, STRICTER)
        assert moves(answer)[0] == ("GRA", "four", "three", "down")
        assert answer.json()["counts"][:3] == [
            {"outcome": "five", "now": 1, "then": 1},
            {"outcome": "four", "now": 2, "then": 1},
            {"outcome": "three", "now": 0, "then": 1},
        ]

    def test_without_the_cap_a_critical_failure_no_longer_counts(self, cast, tried):
        generous = SCHEME | {"adjust": [], "decide": SCHEME["decide"] | {"at_least": {"five": ["85"], "four": ["80"]}}}
        generous = {name: piece for name, piece in generous.items() if piece} | {"levels": ["one", "four", "five"]}
        assert moves(tried(cast.cora, generous))[1] == ("LIN", "four", "five", "up")

    def test_rank_bands_are_cut_among_these_branches(self, cast, tried):
        assert [then for _, _, then, _ in moves(tried(cast.cora, BY_RANK))] == ["four", "four", "five"]

    def test_nothing_is_stored(self, cast, tried):
        before = list(Rating.objects.order_by("pk").values_list("pk", "current", "outcome"))
        tried(cast.cora, STRICTER)
        assert list(Rating.objects.order_by("pk").values_list("pk", "current", "outcome")) == before
        assert SchemeVersion.objects.count() == 1

    def test_an_editor_who_sees_no_branch_is_told_numbers_and_no_names(self, cast, tried):
        answer = tried(cast.eda, STRICTER).json()
        assert (answer["results"], answer["whole_chain"], answer["branches"]) == ([], True, 3)
        assert answer["moved"] == {"up": 0, "down": 1, "other": 0}

    def test_numbers_over_very_few_hidden_branches_would_tell_of_them(self, cast, tried):
        seat = Membership.objects.create(user=cast.eda, chain=cast.aurora, role="manager")
        seat.locations.add(cast.graz)
        answer = tried(cast.eda, STRICTER).json()
        assert [one["location"]["code"] for one in answer["results"]] == ["GRA"]
        assert (answer["whole_chain"], answer["branches"]) == (False, 1)

    def test_the_direction_of_every_part_is_told(self, cast, tried):
        answer = tried(cast.cora, SCHEME).json()
        assert answer["directions"] == {"critical_failed": "down", "tag.facility": "up", "tag.service": "up"}
        assert answer["exact_way_up"] is True

    def test_every_fault_is_told_by_its_path(self, cast, tried):
        answer = tried(cast.cora, SCHEME | {"values": {"score": {"mean": "tag.service", "cap": "x"}}, "colour": "red"})
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("scheme-invalid")
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
            ("/colour", "unknown-key"),
            ("/values/score/cap", "bad-number"),
        ]

    @pytest.mark.parametrize(
        ("document", "more", "pointer"),
        [
            (SCHEME, {"day": "soon"}, "/day"),
            (SCHEME, {"color": 1}, "/color"),
            ({"versions": [{"from": "2030"} | SCHEME]} | {"levels": SCHEME["levels"]}, {}, "/document"),
        ],
    )
    def test_what_cannot_be_tried_says_why(self, cast, tried, document, more, pointer):
        answer = tried(cast.cora, document, **more)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


class TestOnThePageOfTheAdmin:
    def test_what_is_typed_on_the_draft_is_tried_unsaved_and_can_be_saved_from_there(self, cast, league, client):
        published = SchemeVersion.objects.get()
        draft = schemes.new_scheme_draft(
            scheme_id=published.scheme_id, document="half", effective_from=published.effective_from, by=None, now=NOW
        )
        client.force_login(cast.cora)
        own = client.get(reverse("admin:standards_schemeversion_change", args=(draft.pk,))).content.decode()
        assert f'formaction="{PAGE}?version={draft.pk}"' in own
        typed = {"document": json.dumps(STRICTER), "effective_from": "2026-07-01", "note": "stricter"}
        answer = client.post(f"{PAGE}?version={draft.pk}", typed).content.decode()
        assert "Monthly league, 2026-06: 1 down" in text(answer)
        assert tables(answer)["Branch by branch, what changes first"][1][:3] == ["Graz GRA", "four", "three ▼"]
        assert 'name="note" value="stricter"' in answer
        assert SchemeVersion.objects.get(pk=draft.pk).document == "half"
        client.post(reverse("admin:standards_schemeversion_change", args=(draft.pk,)), typed)
        assert SchemeVersion.objects.get(pk=draft.pk).document == json.dumps(STRICTER)

    def test_a_fault_is_told_by_its_path_and_the_text_stays(self, cast, league, client):
        client.force_login(cast.cora)
        answer = client.post(PAGE, {"document": "levels: [one]\nmine: <kept>", "series": str(league.series.pk)})
        page = answer.content.decode()
        assert "/mine" in text(page)
        assert "mine: &lt;kept&gt;" in page

    def test_only_the_series_of_ones_own_chain_can_be_chosen(self, cast, league, client):
        client.force_login(cast.mia)
        assert client.get(PAGE).status_code == 403
        client.force_login(cast.eda)
        assert "Monthly league" in text(client.get(PAGE).content.decode())
