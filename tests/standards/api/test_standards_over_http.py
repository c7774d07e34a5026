"""Writing standards over the API: the same services, the same refusals, as problem documents."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient, APIRequestFactory

from chains.problems import Problem
from standards.api.asking import RawFileParser
from standards.models import Checklist, ChecklistVersion, Revision, Standard
from standards.models.drafts import write_translation
from standards.services import authoring, briefs, schemes
from standards.services.exporting import write_checklist
from tests.standards.drafting import NOW, draft_of, many_standards, published, small_checklist
from tests.standards.services.test_a_draft_becomes_a_published_version import GERMAN

pytestmark = pytest.mark.django_db

API = "/api/v1"
SCHEME = "levels: [bad, good]\ndecide: {grid: [whole], at_least: {good: 80}, else: bad}\n"


def client_of(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def problem(response) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["type"].removeprefix("urn:problem:")


def test_a_checklist_is_made_filled_published_closed_and_retired(cast):
    client = client_of(cast.cora)
    made = client.post(f"{API}/checklists", {"chain": "aurora", "code": "stay", "name": "Stay", "decimals": 1})
    assert made.status_code == 201
    address = f"{API}/checklist-versions/{made.json()['id']}"
    body = write_checklist(small_checklist(), "yaml")
    changes = client.post(f"{address}/import", body, content_type="application/yaml")
    assert (changes.status_code, changes.json()["added"][:2]) == (200, ["ARR-001", "ARR-002"])
    assert client.get(f"{address}/faults").json() == {"faults": []}
    frozen = client.post(f"{address}/publish", {"note": "First."}).json()
    assert (frozen["state"], frozen["standards"], frozen["note"]) == ("published", 6, "First.")
    assert frozen["sections"][2] == {"code": "BAR", "name": "Bar", "parent": "", "repeats": True, "standards": 1}
    assert client.post(f"{address}/close").json()["state"] == "closing"
    assert client.post(f"{address}/retire").json()["state"] == "retired"
    assert problem(client.post(f"{address}/retire")) == (409, "wrong-state")


def test_faults_of_publishing_and_importing_are_listed_by_pointer(cast):
    version = draft_of(cast.cora, small_checklist(decimals=0))
    client, address = client_of(cast.cora), f"{API}/checklist-versions/{version.pk}"
    refused = client.post(f"{address}/publish", {})
    assert problem(refused) == (422, "not-publishable")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/standards/ARR-003/weight"]
    refused = client.post(
        f"{address}/import?filename=x.csv", b"section,code,wording\nA,A-1,\n", content_type="text/csv"
    )
    assert problem(refused) == (422, "import-refused")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/rows/2/wording"]
    refused = client.post(f"{address}/import", b"PK rubbish", content_type="text/csv")
    assert problem(refused) == (422, "file-refused")
    assert Standard.objects.filter(version=version).count() == 6


def test_a_dry_run_tells_and_changes_nothing(cast):
    version = draft_of(cast.eda)
    body = write_checklist(small_checklist(standards=small_checklist().standards[:-1]), "xlsx")
    upload = SimpleUploadedFile("list.xlsx", body)
    address = f"{API}/checklist-versions/{version.pk}/import"
    told = client_of(cast.eda).post(f"{address}?dry_run=true", {"file": upload}, format="multipart")
    assert (told.status_code, told.json()["lines"]) == (200, ["removed BAR-001"])
    assert Standard.objects.filter(version=version).count() == 6


def test_a_file_becomes_a_new_checklist(cast):
    body = b"section,code,wording\nA,A-1,Clean.\n"
    address = f"{API}/checklists/import?chain=aurora&code=mine&name=Mine"
    made = client_of(cast.eda).post(address, body, content_type="text/csv")
    assert (made.status_code, made.json()["checklist"]["name"], made.json()["standards"]) == (201, "Mine", 1)
    assert problem(client_of(cast.eda).post(address.replace("aurora", "borealis"), body, content_type="text/csv")) == (
        404,
        "not-found",
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx", "yaml"])
def test_an_export_is_kept_and_never_opened_and_imports_to_no_change(cast, kind):
    version = draft_of(cast.eda)
    client, address = client_of(cast.eda), f"{API}/checklist-versions/{version.pk}"
    file = client.get(f"{address}/export?kind={kind}")
    assert file["Content-Disposition"] == f'attachment; filename="stay-v1.{kind}"'
    assert file["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file["X-Content-Type-Options"] == "nosniff"
    back = client.post(f"{address}/import?filename=x.{kind}", file.content, content_type="application/octet-stream")
    assert (back.status_code, back.json()["lines"]) == (200, [])


def test_a_file_cut_off_on_its_way_is_refused():
    request = APIRequestFactory().post("/", b"section,code", content_type="text/csv")
    whole = RawFileParser().parse(io.BytesIO(b"section,code"), "text/csv", {"request": request})
    assert whole == b"section,code"
    with pytest.raises(Problem) as caught:
        RawFileParser().parse(io.BytesIO(b"section"), "text/csv", {"request": request})
    assert caught.value.kind.code == "unreadable"


def test_drafts_are_made_from_versions_and_discarded(cast):
    version = published(cast.cora)
    client = client_of(cast.eda)
    address = f"{API}/checklists/{version.checklist_id}/versions"
    draft = client.post(address, {"based_on": str(version.pk)}).json()
    assert (draft["number"], draft["based_on"], draft["standards"]) == (2, str(version.pk), 6)
    assert client.post(address, {}).json()["standards"] == 0
    assert [row["number"] for row in client.get(address).json()["results"]] == [3, 2, 1]
    assert client.delete(f"{API}/checklist-versions/{draft['id']}").status_code == 204
    assert problem(client.delete(f"{API}/checklist-versions/{version.pk}")) == (409, "not-a-draft")


def test_changes_are_told_since_the_base_or_any_other_version(cast):
    version = published(cast.cora)
    draft = authoring.new_draft_from(version_id=version.pk, by=cast.eda, now=NOW)
    content = small_checklist(standards=small_checklist().standards[1:])
    authoring.replace_content(version_id=draft.pk, checklist=content, action="", by=cast.eda, now=NOW)
    client, address = client_of(cast.eda), f"{API}/checklist-versions/{draft.pk}/changes"
    assert client.get(address).json()["removed"] == ["ARR-001"]
    assert client.get(f"{address}?since={draft.pk}").json()["lines"] == []
    assert problem(client.get(f"{address}?since={uuid.uuid4()}")) == (404, "not-found")
    assert problem(client.get(f"{address}?sinse={draft.pk}")) == (400, "invalid")


def test_history_is_listed_and_brought_back(cast):
    version = draft_of(cast.eda)
    client, address = client_of(cast.eda), f"{API}/checklist-versions/{version.pk}"
    empty = Revision.objects.get(version=version, number=1)
    rows = client.get(f"{address}/revisions").json()["results"]
    assert [(row["number"], row["action"], row["made_by"]["username"]) for row in rows] == [
        (2, "filled", "eda"),
        (1, "begun", "eda"),
    ]
    assert client.post(f"{API}/revisions/{empty.pk}/restore").json()["standards"] == 0
    assert problem(client_of(cast.bob).post(f"{API}/revisions/{empty.pk}/restore")) == (403, "not-allowed")


def test_a_language_goes_out_and_comes_back_as_a_table(cast):
    version = draft_of(cast.cora)
    write_translation(version, GERMAN)
    client, address = client_of(cast.cora), f"{API}/checklist-versions/{version.pk}/languages"
    assert client.get(address).json() == {
        "languages": [{"language": "de", "translated": 12, "needed": 12, "sha256": None}]
    }
    table = client.get(f"{address}/de").content
    assert table.decode("utf-8-sig").splitlines()[1] == "/name,Stay,Aufenthalt"
    copied = client.put(f"{address}/pt-BR", table, content_type="text/csv")
    assert copied.json() == {"language": "pt-BR", "translated": 12, "needed": 12, "sha256": None}
    client.post(f"{API}/checklist-versions/{version.pk}/publish", {"languages": ["de"]})
    assert problem(client.put(f"{address}/de", table, content_type="text/csv")) == (409, "not-a-draft")
    late = client.post(f"{address}/pt-BR/publish")
    assert late.status_code == 200 and len(late.json()["sha256"]) == 64


PUBLISHED_ONLY = ["mia", "max", "mona", "paul", "rita", "olga"]


@pytest.mark.parametrize("name", PUBLISHED_ONLY)
def test_managers_and_the_office_read_published_versions_and_never_drafts(cast, name):
    version = published(cast.cora)
    draft = authoring.new_draft_from(version_id=version.pk, by=cast.eda, now=NOW)
    client = client_of(getattr(cast, name))
    [row] = client.get(f"{API}/checklists").json()["results"]
    assert [one["number"] for one in row["versions"]] == [1]
    assert client.get(f"{API}/checklist-versions/{version.pk}").json()["standards"] == 6
    for part in ("", "/content", "/faults", "/changes", "/export", "/languages"):
        assert problem(client.get(f"{API}/checklist-versions/{draft.pk}{part}")) == (404, "not-found")
    for part in ("publish", "close", "retire", "import"):
        assert problem(client.post(f"{API}/checklist-versions/{version.pk}/{part}")) == (403, "not-allowed")
    assert problem(client.get(f"{API}/checklist-versions/{version.pk}/revisions")) == (403, "not-allowed")


def test_an_editor_of_another_chain_finds_nothing(cast):
    version = published(cast.cora)
    cast.bob.memberships.update(role="editor")
    client = client_of(cast.bob)
    assert client.get(f"{API}/checklists").json()["results"] == []
    for part in ("publish", "close", "retire", "import", ""):
        address = f"{API}/checklist-versions/{version.pk}/{part}".rstrip("/")
        method = client.post if part else client.delete
        assert problem(method(address)) == (404, "not-found")
    assert ChecklistVersion.objects.get().state == "published"


@pytest.mark.parametrize("name", ["ada", "stan"])
def test_auditors_and_strangers_do_not_read_checklists_by_id(cast, name):
    version = published(cast.cora)
    client = client_of(getattr(cast, name))
    for address in ("checklists", f"checklist-versions/{version.pk}", "schemes", "briefs", "packs"):
        assert problem(client.get(f"{API}/{address}")) == (403, "not-allowed")


def test_unknown_members_are_refused_by_pointer(cast):
    refused = client_of(cast.eda).post(
        f"{API}/checklists", {"chain": "aurora", "code": "a b", "name": "S", "colour": "red"}
    )
    assert problem(refused) == (400, "invalid")
    assert {fault["pointer"] for fault in refused.json()["errors"]} == {"/colour", "/code"}
    assert not Checklist.objects.exists()


def test_briefs_are_written_published_and_hidden_from_managers(cast):
    client = client_of(cast.cora)
    made = client.post(
        f"{API}/briefs", {"chain": "aurora", "code": "couple", "name": "A couple", "text": "You are two."}
    ).json()
    address = f"{API}/brief-versions/{made['id']}"
    assert client.put(address, {"text": "You are a couple."}).json()["text"] == "You are a couple."
    assert problem(client_of(cast.eda).post(f"{address}/publish")) == (403, "not-allowed")
    assert len(client.post(f"{address}/publish").json()["sha256"]) == 64
    assert problem(client.put(address, {"text": "Other."})) == (409, "not-a-draft")
    assert client_of(cast.paul).get(address).json()["text"] == "You are a couple."
    for name in ("mia", "mona", "ada"):
        assert problem(client_of(getattr(cast, name)).get(address)) == (403, "not-allowed")


def test_schemes_are_written_read_and_published(cast):
    client = client_of(cast.cora)
    made = client.post(
        f"{API}/schemes",
        {"chain": "aurora", "code": "s", "name": "S", "document": "levels: [a]", "effective_from": "2026-01-01"},
    ).json()
    address = f"{API}/scheme-versions/{made['id']}"
    faults = client.get(f"{address}/reading").json()["faults"]
    assert faults and all(fault["detail"] for fault in faults)
    assert problem(client.post(f"{address}/publish")) == (422, "scheme-invalid")
    assert made["reading"] == {"faults": faults, "directions": {}, "exact_way_up": False}
    saved = client.put(address, {"document": SCHEME, "effective_from": "2026-02-01"}).json()
    assert saved["reading"] == {"faults": [], "directions": {"whole": "up"}, "exact_way_up": True}
    assert client.get(f"{address}/reading").json() == saved["reading"]
    frozen = client.post(f"{address}/publish", {"note": "New year."}).json()
    assert frozen["document"].startswith('{"decide":') and frozen["note"] == "New year."
    assert problem(client.put(address, {"document": SCHEME, "effective_from": "2026-02-01"})) == (409, "not-a-draft")
    assert client_of(cast.mia).get(f"{API}/schemes").json()["results"][0]["versions"][0]["number"] == 1


def test_lists_take_the_same_number_of_queries_however_long(cast, django_assert_num_queries):
    client = client_of(cast.eda)
    for place in range(3):
        code = f"c{place}"
        authoring.new_checklist(chain_id=cast.aurora.pk, code=code, name=code, by=cast.eda, now=NOW)
        briefs.new_brief(chain_id=cast.aurora.pk, code=code, name=code, text="x", by=cast.eda, now=NOW)
        schemes.new_scheme(
            chain_id=cast.aurora.pk, code=code, name=code, document=SCHEME, effective_from=NOW.date(), by=None, now=NOW
        )
    for address in ("checklists", "briefs", "schemes"):
        with django_assert_num_queries(2):
            assert len(client.get(f"{API}/{address}").json()["results"]) == 3


def test_a_version_of_nine_hundred_standards_takes_as_many_queries_as_a_small_one(cast, django_assert_num_queries):
    for content in (small_checklist(), many_standards(900)):
        draft = draft_of(cast.eda, content)
        with django_assert_num_queries(3):
            client_of(cast.eda).get(f"{API}/checklist-versions/{draft.pk}")
