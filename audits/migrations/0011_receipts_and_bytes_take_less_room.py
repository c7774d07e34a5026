"""Receipts as signature and key name; no second index on a score's observation; compressed bytes left as they are."""

import django.db.models.deletion
from django.db import migrations, models

from audits.models.receipts import pack_receipt, unpack_receipt

BATCH = 1000


def pack_receipts(apps, schema_editor):
    """Every receipt in its stored form. Raises RuntimeError where the exact text would not come back."""
    submissions = apps.get_model("audits", "Submission").objects
    rows = submissions.exclude(receipt="").only("id", "digest", "received_at", "seq", "receipt")
    waiting = []
    for row in rows.iterator(chunk_size=BATCH):
        row.proof = pack_receipt(row.receipt)
        facts = {"digest": bytes(row.digest), "received_at": row.received_at, "seq": row.seq}
        if unpack_receipt(row.proof, submission_id=row.id, **facts) != row.receipt:
            raise RuntimeError(f"The receipt of {row.id} cannot be made again from its columns; nothing was changed.")
        waiting.append(row)
        if len(waiting) == BATCH:
            submissions.bulk_update(waiting, ["proof"])
            waiting = []
    submissions.bulk_update(waiting, ["proof"])


def leave_compressed_bytes_alone(apps, schema_editor):
    """PostgreSQL would try to compress large values again, for nothing."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE audits_rawsubmission ALTER COLUMN body SET STORAGE EXTERNAL")


class Migration(migrations.Migration):

    dependencies = [("audits", "0010_replies_and_withdrawals")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="proof",
            field=models.BinaryField(default=b""),
        ),
        migrations.RunPython(pack_receipts),
        migrations.RemoveField(model_name="submission", name="receipt"),
        migrations.AlterField(
            model_name="score",
            name="observation",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="scores",
                to="audits.observation",
            ),
        ),
        migrations.RunPython(leave_compressed_bytes_alone, migrations.RunPython.noop),
    ]
