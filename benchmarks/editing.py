"""What the editors' pages take in the server with a checklist of over 900 standards, and what its files take.

    python -m benchmarks.editing [--times 7]

Needs a scratch database (DATABASE_URL, or VAR_DIR for SQLite): it makes a chain of its own there
and removes nothing. The pages are asked for in this process, so that a figure is the server's own time, without the
socket and without the browser.
"""

import argparse
import os
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "auditserver.settings")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from chains.models import Chain, Membership, Office, User  # noqa: E402
from standards.models import ChecklistVersion, Section, Standard  # noqa: E402
from standards.models.drafts import checklist_of  # noqa: E402
from standards.services import authoring, exporting, importing, packing  # noqa: E402


class Desk:
    """An editor with a published `hotel-luxury` and a draft made from it."""

    def __init__(self) -> None:
        name = f"bench-{uuid.uuid4().hex[:8]}"
        office = Office.objects.create(name=name, slug=name)
        self.chain = Chain.objects.create(office=office, name=name, slug=name)
        self.editor = User.objects.create_user(username=name, is_staff=True)
        Membership.objects.create(user=self.editor, chain=self.chain, role="editor", publishes=True)
        known: dict[str, Any] = {"by": self.editor, "now": timezone.now()}
        base = packing.load_pack(name="hotel-luxury", chain_id=self.chain.pk, publish=True, **known).version
        draft = authoring.new_draft_from(version_id=base.pk, **known)
        self.draft = ChecklistVersion.objects.select_related("checklist").get(pk=draft.pk)
        self.client = Client()
        self.client.force_login(self.editor)

    def page(self, row: Any, page: str = "change", query: str = "") -> Callable[[], None]:
        """Asking for a page."""
        options = row._meta
        address = reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=(row.pk,))
        return lambda: self._answered(self.client.get(address + query))

    def list_of_all(self) -> None:
        """Asking for the first page of the list of all its standards."""
        address = reverse("admin:standards_standard_changelist")
        self._answered(self.client.get(f"{address}?version__id__exact={self.draft.pk}"))

    def saving(self, row: Any, **typed: Any) -> Callable[[], None]:
        """Sending the form of a row's page back with something typed."""
        options = row._meta
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=(row.pk,))
        sent = self._fields(self.client.get(address)) | typed
        return lambda: self._answered(self.client.post(address, sent | {"note": str(time.time())}), 302)

    def changing_all(self) -> None:
        """The bulk change of all standards at once."""
        address = f"{reverse('admin:standards_standard_changelist')}?version__id__exact={self.draft.pk}"
        one = Standard.objects.filter(version=self.draft).values_list("pk", flat=True)[:1]
        sent = {"action": "change_many", "_selected_action": list(one), "select_across": "1", "_set": "1"}
        self._answered(self.client.post(address, sent | {"severity": "major"}), 302)

    def shown_file(self, kind: str) -> Callable[[], None]:
        """Sending a file to the page that shows what it would change."""
        file = exporting.export_version(self.draft, kind)
        address = reverse("admin:standards_checklistversion_import", args=(self.draft.pk,))
        return lambda: self._answered(self.client.post(address, {"file": SimpleUploadedFile(file.name, file.body)}))

    def imported(self, kind: str) -> Callable[[], None]:
        """Reading a file and making the draft say what it says."""
        file = exporting.export_version(self.draft, kind)
        known: dict[str, Any] = {"version_id": self.draft.pk, "source": file.name, "by": self.editor}

        def run() -> None:
            reading = importing.read_file(file.name, file.body)
            importing.import_into(reading=reading, now=timezone.now(), **known)

        return run

    @staticmethod
    def _answered(response: Any, status: int = 200) -> None:
        if response.status_code != status:
            raise SystemExit(f"answered {response.status_code}")

    @staticmethod
    def _fields(response: Any) -> dict[str, Any]:
        """What a browser would send back of a page."""
        forms = [response.context["adminform"].form]
        for wrapped in response.context.get("inline_admin_formsets", ()):
            forms += [wrapped.formset.management_form, *wrapped.formset.forms]
        pairs = [(form[name].html_name, form[name].value()) for form in forms for name in form.fields]
        return {name: "on" if value is True else value for name, value in pairs if value not in (None, False, [])}


def cases(desk: Desk) -> dict[str, Callable[[], None]]:
    """Everything that is measured."""
    draft = desk.draft
    section = Section.objects.filter(version=draft, code="DIN").get()
    standard = Standard.objects.filter(section=section).first()
    pages = ("changes", "preview", "publish", "languages", "history_of")
    return {
        "page of the version": desk.page(draft),
        "page of a section (45)": desk.page(section),
        "page of a standard": desk.page(standard),
        "list of standards": desk.list_of_all,
        **{f"page: {name}": desk.page(draft, name) for name in pages},
        "page: translate a section": desk.page(draft, "translate", "?language=de&section=DIN"),
        "saving the version": desk.saving(draft),
        "saving a section (45)": desk.saving(section, name="Dinner"),
        "saving a standard": desk.saving(standard, wording="Other words."),
        "changing all standards": desk.changing_all,
        **{f"export {kind}": lambda kind=kind: exporting.export_version(draft, kind) for kind in KINDS},  # type: ignore[misc]
        **{f"showing an import of {kind}": desk.shown_file(kind) for kind in KINDS},
        **{f"import of {kind}": desk.imported(kind) for kind in KINDS},
    }


KINDS = ("csv", "xlsx", "yaml")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    # The answers of the client then carry their forms, from which what a browser would send is taken.
    setup_test_environment()
    desk = Desk()
    print(f"{len(checklist_of(desk.draft).standards)} standards, {options.times} times each; milliseconds")
    print(f"{'':30}{'median':>8}{'worst':>8}{'CPU':>8}")
    for name, run in cases(desk).items():
        run()
        taken, cpu = [], []
        for _ in range(options.times):
            started, used = time.perf_counter(), time.process_time()
            run()
            taken.append(1000 * (time.perf_counter() - started))
            cpu.append(1000 * (time.process_time() - used))
        print(f"{name:30}{statistics.median(taken):8.0f}{max(taken):8.0f}{statistics.median(cpu):8.0f}")


if __name__ == "__main__":
    main()
