"""How a process of its own begins. It imports no models: it is loaded before Django is ready for them."""

import django
from django.db import connections


def begin(database: str) -> None:
    """Make Django ready, on the same database as the parent's, also where that is a test's."""
    django.setup()
    connections["default"].settings_dict["NAME"] = database
