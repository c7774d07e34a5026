"""Who reads and writes what of audits in the admin. Managers, editors and auditors are in none of these."""

from typing import Final

from chains.access import OFFICE, PLANNERS, REVIEWERS
from chains.models import Role

# Visits and results: whoever plans, reviews or runs the office. What auditors wrote is for those who judge it.
READERS: Final = OFFICE
ADMINS: Final = frozenset({Role.OFFICE_ADMIN})
# A programme's rules are the office's to set and head office's to know.
PROGRAMME_READERS: Final = OFFICE | {Role.CHAIN_ADMIN}

__all__ = ["ADMINS", "PLANNERS", "PROGRAMME_READERS", "READERS", "REVIEWERS"]
