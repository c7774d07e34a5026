"""Who finds which pages of standards: drafts are for writers, published ones for readers, others' for nobody."""

import pytest
from django.urls import reverse

from standards.models import Brief, BriefVersion, Checklist, ChecklistVersion, Revision, Section, Standard
from standards.services import authoring, briefs, schemes
from tests.standards.admin.browsing import page_of
from tests.standards.drafting import NOW, published

pytestmark = pytest.mark.django_db

MODELS = (
    "checklist", "checklistversion", "section", "standard", "versiontranslation", "sectiontranslation",
    "standardtranslation", "translationdocument", "ratingscheme", "schemeversion", "brief", "briefversion", "revision",
)  # fmt: skip
SUBPAGES = (
    "changes", "preview", "export", "import", "publish", "close", "retire", "new_draft", "languages", "language_table",
    "translate", "publish_language", "history_of",
)  # fmt: skip


@pytest.fixture
def rows(cast):
    """A published version, a draft made from it, a brief and a scheme, all Aurora's."""
    version = published(cast.cora)
    draft = authoring.new_draft_from(version_id=version.pk, by=cast.eda, now=NOW)
    known = {"chain_id": cast.aurora.pk, "code": "x", "name": "X", "by": cast.cora, "now": NOW}
    brief = briefs.new_brief(text="A secret scenario", **known)
    scheme = schemes.new_scheme(document="levels: [a]", effective_from=NOW.date(), **known)
    return {"version": version, "draft": draft, "brief": brief, "scheme": scheme}


def opens(client, address) -> int:
    return client.get(address).status_code


@pytest.mark.parametrize(
    ("name", "lists", "versions"),
    [
        ("eda", 13, 2),
        ("cora", 13, 2),
        ("paul", 12, 1),
        ("rita", 12, 1),
        ("olga", 12, 1),
        ("mia", 10, 1),
        ("mona", 10, 1),
        ("bob", 10, 0),
        ("ada", 0, None),
        ("stan", 0, None),
    ],
)
def test_the_lists_that_open_and_what_they_hold(cast, client, rows, name, lists, versions):
    client.force_login(getattr(cast, name))
    answers = {model: opens(client, reverse(f"admin:standards_{model}_changelist")) for model in MODELS}
    assert sum(status == 200 for status in answers.values()) == lists
    assert set(answers.values()) <= {200, 403}
    if versions is not None:
        page = client.get(reverse("admin:standards_checklistversion_changelist"))
        assert page.context["cl"].result_count == versions
        assert client.get(reverse("admin:standards_standard_changelist")).context["cl"].result_count == 6 * versions


@pytest.mark.parametrize("name", ["mia", "mona", "paul", "olga"])
def test_readers_open_the_published_version_and_no_draft(cast, client, rows, name):
    client.force_login(getattr(cast, name))
    assert opens(client, page_of(rows["version"])) == 200
    assert opens(client, page_of(rows["draft"])) == 302
    for page in SUBPAGES:
        if page in ("changes", "preview", "export"):
            assert opens(client, page_of(rows["version"], page)) == 200
        elif page != "language_table":
            assert opens(client, page_of(rows["version"], page)) == 403
        assert opens(client, page_of(rows["draft"], page)) == 404
    for model in (Section, Standard):
        assert opens(client, page_of(model.objects.filter(version=rows["version"]).first())) == 200
        assert opens(client, page_of(model.objects.filter(version=rows["draft"]).first())) == 302


@pytest.mark.parametrize("page", ["publish", "close", "retire", "new_draft", "import", "translate"])
def test_readers_take_no_step(cast, client, rows, page):
    client.force_login(cast.mia)
    assert client.post(page_of(rows["version"], page), {"note": "x"}).status_code == 403
    assert ChecklistVersion.objects.count() == 2
    assert ChecklistVersion.objects.get(pk=rows["version"].pk).state == "published"


def test_an_editor_of_another_chain_finds_nothing_of_this_one(cast, client, rows):
    cast.bob.memberships.update(role="editor", publishes=True)
    client.force_login(cast.bob)
    for row in (*rows.values(), Checklist.objects.get(), Brief.objects.get(), Standard.objects.first()):
        assert opens(client, page_of(row)) == 302
        assert client.post(page_of(row), {"name": "x"}).status_code in (302, 403)
        assert opens(client, page_of(row, "delete")) in (302, 403)
    for page in SUBPAGES:
        assert opens(client, page_of(rows["draft"], page)) == 404
        assert client.post(page_of(rows["version"], page), {"note": "x"}).status_code == 404
    for model in MODELS:
        page = client.get(reverse(f"admin:standards_{model}_changelist"))
        assert page.context["cl"].result_count == 0
        assert "Stay" not in page.content.decode().replace("Stay signed in", "")
    assert ChecklistVersion.objects.get(pk=rows["version"].pk).state == "published"


def test_nobody_makes_a_checklist_for_a_chain_they_do_not_write_for(cast, client):
    client.force_login(cast.eda)
    page = client.get(reverse("admin:standards_checklist_add"))
    assert list(page.context["adminform"].form.fields["chain"].queryset) == [cast.aurora]
    typed = {"chain": cast.borealis.pk, "code": "x", "name": "X", "language": "en", "decimals": 0}
    assert client.post(reverse("admin:standards_checklist_add"), typed).status_code == 200
    assert not Checklist.objects.exists()


def test_managers_never_learn_a_brief(cast, client, rows):
    for name in ("mia", "mona", "max"):
        client.force_login(getattr(cast, name))
        for address in (
            reverse("admin:standards_brief_changelist"),
            reverse("admin:standards_briefversion_changelist"),
            page_of(BriefVersion.objects.get()),
            page_of(Brief.objects.get()),
        ):
            answer = client.get(address)
            assert answer.status_code in (302, 403)
            assert "secret scenario" not in answer.content.decode()


def test_history_is_for_writers(cast, client, rows):
    revision = Revision.objects.first()
    client.force_login(cast.eda)
    assert opens(client, page_of(revision)) == 200
    for name in ("mia", "paul", "olga", "ada"):
        client.force_login(getattr(cast, name))
        assert opens(client, page_of(revision)) in (302, 403)
        assert client.post(page_of(revision, "restore")).status_code in (403, 404)


def test_an_editor_sees_the_steps_but_only_a_publisher_takes_them(cast, client, rows):
    client.force_login(cast.eda)
    page = client.get(page_of(rows["draft"], "publish"))
    assert "needs the publisher's right" in page.content.decode()
    client.post(page_of(rows["draft"], "publish"), {"note": "x"})
    client.post(page_of(rows["version"], "close"))
    assert sorted(ChecklistVersion.objects.values_list("state", flat=True)) == ["draft", "published"]
