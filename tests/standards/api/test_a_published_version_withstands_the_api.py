"""Whatever is sent to the API, a published version is byte for byte what it was: its rows, its documents, its bytes."""

import pytest
from rest_framework.test import APIClient

from standards.models import (
    ChecklistVersion,
    Revision,
    Section,
    SectionTranslation,
    Standard,
    StandardTranslation,
    TranslationDocument,
    VersionTranslation,
)
from standards.models.drafts import write_translation
from standards.services import publishing, translating
from standards.services.exporting import write_checklist
from standards.spec.translation import translation_from_texts
from tests.standards.drafting import NOW, draft_of, small_checklist
from tests.standards.services.test_a_draft_becomes_a_published_version import GERMAN

pytestmark = pytest.mark.django_db

OF_VERSION = (Section, Standard, VersionTranslation, SectionTranslation, StandardTranslation, TranslationDocument)
OTHER = write_checklist(small_checklist(standards=small_checklist().standards[1:]), "yaml")
GERMAN_TABLE = translating.write_language(small_checklist(), translation_from_texts("de", {"/name": "Anders"}), "csv")

# How each attempt is sent; {version} and {revision} are those of the published version.
ATTEMPTS = {
    "import": lambda client, at: client.post(f"{at['version']}/import", OTHER, content_type="application/yaml"),
    "import over a new one": lambda client, at: client.post(
        "/api/v1/checklists/import?chain=aurora&filename=x.yaml", OTHER, content_type="application/octet-stream"
    ),
    "publish again": lambda client, at: client.post(f"{at['version']}/publish", {"note": "Again."}),
    "publish its language again": lambda client, at: client.post(f"{at['version']}/languages/de/publish"),
    "translate": lambda client, at: client.put(f"{at['version']}/languages/de", GERMAN_TABLE, content_type="text/csv"),
    "bring back": lambda client, at: client.post(f"/api/v1/revisions/{at['revision']}/restore"),
    "delete": lambda client, at: client.delete(at["version"]),
    "put": lambda client, at: client.put(at["version"], {"note": "Other.", "state": "draft"}),
    "patch": lambda client, at: client.patch(at["version"], {"language": "fr"}),
    "put its content": lambda client, at: client.put(f"{at['version']}/content", {"standards": []}),
    "write its document": lambda client, at: client.put(at["document"], b"{}", content_type="application/json"),
}


def everything(version) -> list:
    rows = [list(model.objects.filter(**{_version_of(model): version}).order_by("pk").values()) for model in OF_VERSION]
    return [*rows, ChecklistVersion.objects.filter(pk=version.pk).values().get()]


def _version_of(model) -> str:
    return {SectionTranslation: "section__version", StandardTranslation: "standard__version"}.get(model, "version")


@pytest.fixture
def version(cast):
    draft = draft_of(cast.cora)
    write_translation(draft, GERMAN)
    publishing.publish(version_id=draft.pk, by=cast.cora, now=NOW)
    return ChecklistVersion.objects.get(pk=draft.pk)


@pytest.mark.parametrize("name", ATTEMPTS)
@pytest.mark.parametrize("who", ["cora", "eda", "superuser"])
def test_no_attempt_changes_a_byte(cast, version, name, who):
    if who == "superuser":
        cast.stan.is_superuser = True
        cast.stan.save()
    client = APIClient()
    client.force_authenticate(cast.stan if who == "superuser" else getattr(cast, who))
    document = f"/api/v1/checklists/{version.sha256}"
    revision = Revision.objects.filter(version=version).last()
    at = {"version": f"/api/v1/checklist-versions/{version.pk}", "document": document, "revision": revision.pk}
    before, sent = everything(version), client.get(document).content
    answer = ATTEMPTS[name](client, at)
    assert answer.status_code == 201 if name == "import over a new one" else answer.status_code >= 400
    assert everything(version) == before
    assert client.get(document).content == sent == version.frozen()
