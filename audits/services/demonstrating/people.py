"""Who signs in to the demo, and the shoppers behind its visits."""

from dataclasses import dataclass

from chains.models import Role


@dataclass(frozen=True)
class Person:
    """An account of the demo. `chain` is a slug, empty for people of the office; a manager's region, empty for all."""

    username: str
    first_name: str
    last_name: str
    who: str
    role: str = ""
    chain: str = ""
    region: str = ""
    publishes: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether this is the superuser."""
        return not self.role


SIGN_IN = (
    Person("auditor", "Ada", "Holm", "shopper of the agency, with visits to make now", Role.AUDITOR),
    Person("planner", "Paul", "Ferber", "plans visits at the agency", Role.PLANNER),
    Person("reviewer", "Rita", "Lang", "reviews reports at the agency", Role.REVIEWER),
    Person("manager", "Mia", "Brandt", "manages the hotels of Danube and Alps", Role.MANAGER, "linden-quay", "danube"),
    Person("headoffice", "Cora", "Vance", "head office of the hotels: all branches", Role.CHAIN_ADMIN, "linden-quay",
           publishes=True),
    Person("editor", "Eda", "Moss", "writes and publishes the hotels' standards", Role.EDITOR, "linden-quay",
           publishes=True),
    Person("bistro", "Bob", "Carver", "manages the restaurants, and sees nothing of the hotels", Role.MANAGER,
           "copper-spoon", "all"),
    Person("admin", "Anna", "Root", "superuser: everything, in /admin/"),
)  # fmt: skip

# Shoppers who made the past visits beside the one who signs in; nobody can sign in as them.
SHOPPERS = (
    Person("shopper-bea", "Bea", "Novak", "", Role.AUDITOR),
    Person("shopper-carl", "Carl", "Lindqvist", "", Role.AUDITOR),
    Person("shopper-dora", "Dora", "Pereira", "", Role.AUDITOR),
    Person("shopper-emil", "Emil", "Rossi", "", Role.AUDITOR),
    Person("shopper-fay", "Fay", "O'Neill", "", Role.AUDITOR),
)
