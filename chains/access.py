"""The words in which a view says who may use it, and the routes that a phone may use at all."""

from typing import Final

from chains.models.people import OFFICE_STAFF, Role

ANYONE: Final = frozenset({"anyone"})
SIGNED_IN: Final = frozenset({"signed-in"})

AUDITORS: Final = frozenset({Role.AUDITOR})
OFFICE: Final = frozenset(OFFICE_STAFF)
PLANNERS: Final = frozenset({Role.PLANNER, Role.OFFICE_ADMIN})
REVIEWERS: Final = frozenset({Role.REVIEWER, Role.OFFICE_ADMIN})
# The people whom published results are for.
READERS_OF_RESULTS: Final = frozenset({Role.MANAGER, Role.CHAIN_ADMIN, Role.EDITOR, *OFFICE_STAFF})
WRITERS_OF_STANDARDS: Final = frozenset({Role.EDITOR, Role.CHAIN_ADMIN})

# What a client of the tus protocol asks of an upload.
TUS: Final = ("OPTIONS", "POST", "HEAD", "PATCH", "DELETE")
# (method, route name): what a token of a phone opens. Everything else is closed to it.
DEVICE_DELIVERS: Final = frozenset(
    {
        ("PUT", "submission"),
        ("GET", "submission"),
        ("HEAD", "submission"),
        ("PUT", "evidence"),
        ("HEAD", "evidence"),
        ("POST", "evidence-lost"),
        *((method, "evidence-upload") for method in TUS),
        *((method, "submission-upload") for method in TUS),
    }
)
DEVICE_READS: Final = frozenset(
    {
        ("GET", "manifest"),
        ("HEAD", "manifest"),
        ("GET", "checklist-document"),
        ("GET", "brief-document"),
        ("GET", "scope-document"),
        ("GET", "translation-document"),
        ("POST", "assignment-accept"),
        ("POST", "assignment-decline"),
        ("POST", "assignment-abort"),
        ("GET", "assignment-draft"),
        ("PUT", "assignment-draft"),
        ("GET", "devices"),
        ("DELETE", "device"),
    }
)

# Of these an app below MINIMUM_APP_VERSION fetches nothing new. Whatever saves or delivers work stays open to it.
DEVICE_FETCHES: Final = frozenset(
    {
        ("GET", "manifest"),
        ("HEAD", "manifest"),
        ("GET", "checklist-document"),
        ("GET", "brief-document"),
        ("GET", "scope-document"),
        ("GET", "translation-document"),
        ("POST", "assignment-accept"),
    }
)
