"""Photos that are held already wait for their copies; nobody had decided on an audience yet; proofs never change."""

from django.db import migrations
from django.db.models import F

from audits.models import append_only


def wait_for_copies(apps, schema_editor):
    """Every held photo is due; an audience that was the column's default says nothing."""
    evidence = apps.get_model("audits", "Evidence").objects
    evidence.filter(audience="office").update(audience="")
    evidence.filter(state="held", media_type__startswith="image/").update(
        copy_state="waiting", copy_due_at=F("received_at")
    )


class Migration(migrations.Migration):

    dependencies = [("audits", "0006_evidence_copies_uploads_erasures")]

    operations = [
        migrations.RunPython(wait_for_copies, migrations.RunPython.noop),
        migrations.RunPython(append_only.install, append_only.remove),
    ]
