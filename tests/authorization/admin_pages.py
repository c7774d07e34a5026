"""What the pages of one model in the admin answer, from the one letter that the table holds for each person."""

from tests.authorization.table import OBJECTS, AdminPages

ABILITIES = {
    "-": frozenset[str](),
    "r": frozenset({"view"}),
    "c": frozenset({"view", "change"}),
    "x": frozenset({"view", "delete"}),
    "w": frozenset({"view", "add", "change"}),
    "e": frozenset({"view", "change", "delete"}),
    "d": frozenset({"view", "add", "change", "delete"}),
    # Whoever writes, asked for what is published: a change is answered 409, with all that was typed.
    "f": frozenset({"view", "change"}),
    "g": frozenset({"view", "add", "change"}),
}
PUBLISHED = ("f", "g")
# Whose rows a person's letter is good for, where the letter does not say: "r!aurora", "r!both" or "r!none" do.
OF_AURORA, OF_BOREALIS = frozenset({"aurora"}), frozenset({"borealis"})
ROWS = {"both": OF_AURORA | OF_BOREALIS, "aurora": OF_AURORA, "borealis": OF_BOREALIS, "none": frozenset[str]()}
USUAL = {"paul": "both", "rita": "both", "olga": "both", "bob": "borealis"}
NEEDS = {"<path:object_id>/change/": {"GET": "view", "POST": "change"}}
NEEDS["<path:object_id>/history/"] = {"GET": "view", "POST": "view"}
NEEDS["<path:object_id>/delete/"] = {"GET": "delete", "POST": "delete"}
SIGN_IN = 302
BACK_TO_THE_INDEX = 302


def sides(page: str, method: str) -> tuple[str, ...]:
    """Which rows a page is asked for; the methods it does not have, and its redirect, never look at the row."""
    return OBJECTS if page in NEEDS and method in ("GET", "POST") else ("aurora",)


def expected(pages: AdminPages, page: str, method: str, side: str, name: str) -> int:
    """The status of one answer; `side` is the row asked for ("absent" for none, empty on pages without one)."""
    if method not in ("GET", "POST"):
        return 405
    if name not in pages.may:
        return SIGN_IN
    letter, _, whose = pages.may[name].partition("!")
    abilities = ABILITIES[letter]
    if page == "":
        return 200 if "view" in abilities else 403
    if page == "add/":
        return 200 if "add" in abilities else 403
    if page == "<path:object_id>/":
        return 302
    if NEEDS[page][method] not in abilities:
        # Django looks for the row before it asks who may see its history.
        return BACK_TO_THE_INDEX if page.endswith("history/") else 403
    if side not in ROWS[whose or USUAL.get(name, "aurora")]:
        return BACK_TO_THE_INDEX
    return 409 if letter in PUBLISHED and NEEDS[page][method] == "change" else 200
