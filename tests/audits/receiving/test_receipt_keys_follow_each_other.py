"""`manage.py receipt_keys`: a new key is published before it signs, every step can be undone, no public key is lost."""

import hashlib
import io
import json
import re
import shutil
import stat
import subprocess
import threading
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from django.core.management import CommandError, call_command

from audits.services.receiving import receipt_keys
from audits.services.receiving.receipt_keys import make_key, read_keys
from audits.services.receiving.receipts import published_keys, sign_receipt
from auditserver.env import ROOT
from tests.audits.receiving.test_receipts_prove_a_delivery import check, keys_of

REPORT = b'{"format": 1}'


@pytest.fixture
def key_file(settings, tmp_path):
    """One key, made and kept in a folder of its own."""
    settings.RECEIPT_KEYS = ""
    settings.RECEIPT_KEY_FILE = tmp_path / "receipt_keys.json"
    published_keys()
    return settings.RECEIPT_KEY_FILE


def run(*arguments):
    out = io.StringIO()
    call_command("receipt_keys", *arguments, stdout=out)
    return [line.split("  ") for line in out.getvalue().splitlines()]


def receipt(body=REPORT):
    digest = hashlib.sha256(body).digest()
    return sign_receipt(submission_id=UUID(int=7), digest=digest, received_at=datetime(2026, 6, 15, tzinfo=UTC), seq=1)


def signed_by():
    return check(receipt(), published_keys())[0]["kid"]


def test_a_new_key_is_published_before_it_signs(key_file):
    ((old, _),) = run()
    listed = run("--add")
    new = listed[1][0]
    assert listed == [[old, "signs"], [new, "can sign"]]
    assert [key["kid"] for key in published_keys()] == [old, new]
    assert signed_by() == old


def test_a_running_process_signs_with_the_new_key_at_once_and_the_step_can_be_undone(key_file):
    old, new = (row[0] for row in run("--add"))
    before = receipt()
    assert run(f"--sign-with={new}") == [[new, "signs"], [old, "can sign"]]
    assert signed_by() == new
    during = receipt()
    run(f"--sign-with={old}")
    assert signed_by() == old
    assert [check(one, published_keys())[0]["kid"] for one in (before, during)] == [old, new]


def test_an_old_key_checks_on_without_its_private_part(key_file):
    old, new = (row[0] for row in run("--add"))
    before = receipt()
    run(f"--sign-with={new}")
    assert run(f"--drop-private={old}") == [[new, "signs"], [old, "checks only"]]
    assert "d" not in json.loads(key_file.read_text())[1]
    assert check(before, published_keys())[0]["kid"] == old
    with pytest.raises(CommandError, match="No key"):
        run(f"--sign-with={old}")


@pytest.mark.parametrize("arguments", [("--sign-with", "nonsense"), ("--drop-private", "nonsense")])
def test_an_unknown_key_changes_nothing(key_file, arguments):
    before = key_file.read_bytes()
    with pytest.raises(CommandError, match="No key nonsense"):
        run(*arguments)
    assert key_file.read_bytes() == before


def test_the_key_that_signs_keeps_its_private_part(key_file):
    ((only, _),) = run()
    with pytest.raises(CommandError, match="let another one sign first"):
        run(f"--drop-private={only}")
    assert signed_by() == only


def test_the_file_stays_for_our_eyes_only(key_file):
    run("--add")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_nothing_private_is_printed(key_file):
    printed = str(run("--add"))
    assert not any(key["d"] in printed for key in json.loads(key_file.read_text()))


def test_given_keys_are_printed_and_not_written(settings, key_file, capsys):
    given, before = make_key(), key_file.read_bytes()
    settings.RECEIPT_KEYS = keys_of(given)
    out = io.StringIO()
    call_command("receipt_keys", "--add", stdout=out)
    added = read_keys(out.getvalue())
    assert (added[0], len(added), key_file.read_bytes()) == (given, 2, before)
    settings.RECEIPT_KEYS = out.getvalue()
    assert signed_by() == given.kid
    assert len(published_keys()) == 2


def test_changes_at_once_lose_no_key(key_file):
    def add():
        receipt_keys.change_kept_keys(receipt_keys.with_one_more)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(msgspec.json.decode(key_file.read_bytes())) == 9


def script():
    """The commands of docs/receipts.md."""
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/receipts.md").read_text(encoding="utf-8"), re.DOTALL)
    return f"set -e\n{block}"


@pytest.mark.parametrize(
    ("changed", "says"),
    [("", "Verified Successfully"), ("report", "other bytes"), ("keys", "not enough values"), ("receipt", "")],
)
def test_the_documented_check_accepts_what_is_right_and_nothing_else(key_file, tmp_path, changed, says):
    assert shutil.which("openssl"), "The documented check needs openssl."
    old, new = (row[0] for row in run("--add"))
    text = receipt()
    run(f"--sign-with={new}")
    if changed == "receipt":
        head, claims, _ = text.split(".")
        text = f"{head}.{claims}.{receipt().split('.')[2]}"
    keys = [key for key in published_keys() if changed != "keys" or key["kid"] != old]
    (tmp_path / "receipt.txt").write_text(text)
    (tmp_path / "keys.json").write_text(json.dumps({"keys": keys}))
    (tmp_path / "report.json").write_bytes(REPORT + b" " * (changed == "report"))
    done = subprocess.run(["bash", "-c", script()], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is (changed == "")
    assert says in done.stdout + done.stderr
