"""`manage.py load_pack`: what it says of itself, of what it made, and of what to do next."""

import io

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.urls import reverse

from standards.models import ChecklistVersion, SchemeVersion

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> str:
    said = io.StringIO()
    call_command("load_pack", *arguments, stdout=said)
    return said.getvalue()


def test_its_help_shows_how_to_call_it_and_what_there_is():
    command = load_command_class("standards", "load_pack")
    text = command.create_parser("manage.py", "load_pack").format_help()
    assert "manage.py load_pack hotel-luxury --chain grand-hotels --publish" in text
    assert "service-excellence" in text


def test_drafts_are_to_be_looked_over(cast):
    said = load("service-excellence", "--chain", "aurora").splitlines()
    version, scheme = ChecklistVersion.objects.get(), SchemeVersion.objects.get()
    assert (version.state, scheme.published_at) == ("draft", None)
    assert said[0] == f"{version}: 68 standards, draft."
    assert said[1] == f"Scheme {scheme}: a draft, in force from {scheme.effective_from}."
    assert said[2].startswith("Next: look it over")
    assert said[2].endswith(reverse("admin:standards_checklistversion_change", args=(version.pk,)))


def test_what_is_published_is_to_be_used(cast):
    said = load("service-excellence", "--chain", "aurora", "--publish", "--since", "2026-01-01").splitlines()
    assert ChecklistVersion.objects.get().state == "published"
    assert SchemeVersion.objects.get().effective_from.isoformat() == "2026-01-01"
    assert said[2].startswith(f"Next: use it in a programme ({reverse('admin:audits_component_add')})")


def test_a_second_time_it_is_a_new_version_beside_the_first(cast):
    load("service-excellence", "--chain", "aurora")
    load("service-excellence", "--chain", "aurora")
    assert list(ChecklistVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert list(SchemeVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing", "--chain", "aurora"], "There is no pack nothing; there are bank-branch"),
        (["hair-salon", "--chain", "nowhere"], "There is no chain nowhere; there are: aurora, borealis."),
    ],
)
def test_what_is_not_there_is_named_beside_what_is(cast, arguments, said):
    with pytest.raises(CommandError, match=said):
        load(*arguments)
    assert not ChecklistVersion.objects.exists()
