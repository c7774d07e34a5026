"""The common shape of a scheme as a form in the admin; a document that says more is left alone."""

import pytest

from standards.models import Revision, SchemeVersion
from standards.services import schemes
from tests.cast import NOW, SCHEME, scheme_in_force

pytestmark = pytest.mark.django_db
FORM = {
    "bands": "five stars 90\nfour stars: 80",
    "lowest": "three stars",
    "parts": "tag.service 75\ntag.facility 25",
    "rounding": "nearest 1",
    "caps": "four stars 0",
    "kind": "mystery",
    "combine": "mean",
    "last": "4",
    "within": "",
    "minimum": "3",
    "below_minimum": "provisional",
    "minimum_to_rank": "",
    "missing": "",
}


@pytest.fixture
def page(cast, client):
    """The address of the form of a draft that says what the scheme in force says, open for Eda."""
    published = scheme_in_force(cast.aurora, SCHEME)
    draft = schemes.new_scheme_draft(
        scheme_id=published.scheme_id,
        document=schemes.as_a_person_writes(published.document),
        effective_from=published.effective_from,
        by=None,
        now=NOW,
    )
    client.force_login(cast.eda)
    return f"/admin/standards/schemeversion/{draft.pk}/form/"


def draft():
    return SchemeVersion.objects.get(published_at=None)


def rewrite(text):
    schemes.change_scheme(version_id=draft().pk, document=text, by=None, now=NOW)


def test_the_form_shows_what_the_document_says(page, client):
    answer = client.get(page)
    initial = answer.context["form"].initial
    assert initial["bands"] == "five 90\nfour 80\nthree 70\ntwo 60"
    assert (initial["parts"], initial["caps"]) == ("tag.service 0.75\ntag.facility 0.25", "four 0")
    assert (initial["within"], initial["minimum"], initial["below_minimum"]) == (365, 1, "provisional")


def test_saving_it_writes_the_document_and_a_revision(page, client):
    assert client.post(page, FORM).status_code == 302
    assert draft().document == (
        "levels: [three stars, four stars, five stars]\n"
        "outcomes: [provisional]\n"
        "values:\n"
        "  score:\n"
        "    mean:\n"
        "    - [tag.service, 75]\n"
        "    - [tag.facility, 25]\n"
        "    round: nearest\n"
        "    places: 1\n"
        "decide:\n"
        "  grid: [score]\n"
        "  at_least:\n"
        "    five stars: [90]\n"
        "    four stars: [80]\n"
        "  else: three stars\n"
        "adjust:\n"
        "- at_most: four stars\n"
        "  when:\n"
        "    critical_failed: {above: 0}\n"
        "visits:\n"
        "  combine: mean\n"
        "  last: 4\n"
        "  minimum: 3\n"
        "  below_minimum: provisional\n"
        "  only: {kind: mystery}\n"
    )
    assert Revision.objects.filter(scheme_version=draft()).order_by("number").last().action == "changed"


@pytest.mark.parametrize(
    ("changes", "field", "part"),
    [
        ({"bands": "five stars ninety"}, "bands", "does not end with a number"),
        ({"bands": "five stars 70\nfour stars 80"}, "bands", "easier limit"),
        ({"parts": "tag.service 75\nguests 25"}, "parts", "no part or value called"),
        ({"caps": "six stars 0"}, "caps", "is no level"),
        ({"last": "2"}, "minimum", "never reached"),
        ({"lowest": ""}, "lowest", "required"),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(page, client, changes, field, part):
    before = draft().document
    answer = client.post(page, FORM | changes)
    assert part in str(answer.context["form"].errors[field])
    assert all(answer.context["form"][name].value() == text for name, text in (FORM | changes).items())
    assert draft().document == before


def test_a_document_that_says_more_is_left_to_the_document_itself(page, client):
    rewrite("levels: [a, b]\ndecide: [{give: b, when: {coverage: {at_least: 90}}}, {give: a}]")
    before = draft().document
    assert "says more than the form can hold" in client.get(page).content.decode()
    client.post(page, FORM)
    assert draft().document == before


def test_a_document_with_faults_begins_an_empty_form(page, client):
    rewrite("levels: [")
    assert "begins empty" in client.get(page).content.decode()
    assert client.post(page, FORM).status_code == 302


def test_a_new_draft_is_written_to_be_read(page):
    assert draft().document.startswith("levels: [one, two, three, four, five]\n")
