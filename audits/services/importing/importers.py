"""Who stands for the auditors of past audits, of whom files do not tell."""

from django.contrib.auth.hashers import make_password

from chains.models import Membership, Office, Role, User


def importer_of(office: Office) -> User:
    """The account in whose name an office's past audits are imported: an auditor who can never sign in."""
    person: User
    person, _ = User.objects.get_or_create(
        username=f"imported-{office.slug}",
        defaults={"first_name": "Imported", "last_name": "audits", "password": make_password(None)},
    )
    Membership.objects.get_or_create(user=person, role=Role.AUDITOR, office=office)
    return person
