"""What the packs promise: enough standards, each its own, measurable as worded, and complete in every language."""

import re
from collections import Counter
from itertools import combinations

import pytest

from audits.scoring.plan import part_names
from standards.services import importing
from standards.services.schemes import PARTS
from standards.spec.checklist import CODE_PATTERN, KINDS
from standards.spec.checklist_faults import checklist_faults
from standards.spec.scheme import parse_scheme
from tests.standards.packs.reading import ENGLISH, FOLDER, Read, limits, matter, numbers, packs

# Standards, sections, and the share of them with a measured limit, at least.
PROMISED = {
    "hotel-luxury": (800, 24, 0.30),
    "restaurant": (150, 10, 0.25),
    "retail-store": (120, 10, 0.25),
    "bank-branch": (100, 8, 0.25),
    "hair-salon": (80, 8, 0.25),
    "contact-centre": (100, 8, 0.25),
    "service-excellence": (60, 6, 0.0),
}
# Of two wordings at most so much of their matter is the same (Jaccard). Swapping one noun of eight words leaves 0.78.
ALIKE_AT_MOST = 0.5
# What a hotel's guest meets between the first call and the last letter.
JOURNEY = {
    "RESP", "RESO", "PRE", "ARR", "CHK", "LUG", "ROOM", "BATH", "HSK", "TDN", "WAKE", "IRD", "BRK", "DIN", "BAR", "CON",
    "POOL", "GYM", "SPA", "LAU", "BUS", "MSG", "CMP", "OUT", "DEP", "LOST", "FUP",
}  # fmt: skip
PLACEHOLDER = re.compile(r"[{}<>]|%[sd]|\b(?:TODO|TBD|XXX|FIXME|lorem)\b", re.IGNORECASE)
# Words that grade without a measure: a standard that stands on one of them alone cannot be checked by two people alike.
VAGUE = re.compile(
    r"\b(?:promptly|quickly|soon enough|before long|in good time|reasonabl[ey]|appropriate(?:ly)?|adequate(?:ly)?"
    r"|without (?:much )?delay|as necessary|etc|and so on)\b",
    re.IGNORECASE,
)
# English words that no German sentence has.
ENGLISH_ONLY = frozenset(
    "the of and to is are were with for on at by it its this that from not be been has have had as or if when which "  # noqa: SIM905
    "who their they".split()
)
everywhere = pytest.mark.parametrize("pack", packs(), ids=str)
translated = pytest.mark.parametrize("pack", [pack for pack in packs() if pack.translations], ids=str)


def test_the_packs_are_these():
    assert {pack.name for pack in packs()} == set(PROMISED)


@everywhere
def test_there_are_enough_and_enough_is_measured(pack: Read):
    standards, sections, measured = PROMISED[pack.name]
    kinds = Counter(row.get("kind", "met") for row in pack.standards)
    assert len(pack.standards) >= standards
    assert len(pack.head["sections"]) >= sections
    assert kinds["measure"] / len(pack.standards) >= measured
    assert set(kinds) <= set(KINDS)
    if pack.name == "service-excellence":
        assert set(kinds) == {"scale"}


def test_the_hotel_is_followed_from_the_first_call_to_the_last_letter():
    [hotel] = [pack for pack in packs() if pack.name == "hotel-luxury"]
    assert {section["code"] for section in hotel.head["sections"]} >= JOURNEY
    assert len(hotel.head["classifications"]) == 9
    assert min(Counter(row["section"] for row in hotel.standards).values()) >= 25


@everywhere
def test_every_standard_has_its_place(pack: Read):
    classes = {one["code"] for one in pack.head["classifications"]}
    codes = [row["code"] for row in pack.standards]
    assert len(set(codes)) == len(codes)
    for row in pack.standards:
        assert re.fullmatch(CODE_PATTERN, row["code"]) and row["code"].startswith(f"{row['section']}-")
        assert row["classification"] in classes
        assert row["tags"] in (["service"], ["facility"]), row["code"]
    assert {row["classification"] for row in pack.standards} == classes


@everywhere
def test_wordings_are_whole_sentences_of_a_readable_length(pack: Read):
    for row in pack.standards:
        wording = row["wording"]
        assert 15 <= len(wording) <= 125, row["code"]
        assert wording[0].isupper() and wording.endswith("."), row["code"]
        assert wording == " ".join(wording.split())
        assert len(row.get("guidance", "")) <= 300, row["code"]
        assert not PLACEHOLDER.search(wording + row.get("guidance", "")), row["code"]


@everywhere
def test_no_two_are_alike(pack: Read):
    meant = [(row["code"], matter(row["wording"])) for row in pack.standards]
    alike = [(a, b) for (a, one), (b, other) in combinations(meant, 2) if _overlap(one, other) > ALIKE_AT_MOST]
    assert alike == []


@everywhere
def test_no_pattern_is_filled_again_and_again(pack: Read):
    beginnings = Counter(" ".join(row["wording"].lower().split()[:4]) for row in pack.standards)
    endings = Counter(" ".join(row["wording"].lower().split()[-4:]) for row in pack.standards)
    assert beginnings.most_common(1)[0][1] <= 6
    assert endings.most_common(1)[0][1] <= 6


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    # Cheap first: sets of very different sizes cannot overlap enough.
    if min(len(one), len(other)) < ALIKE_AT_MOST * max(len(one), len(other)):
        return 0.0
    return len(one & other) / len(one | other)


@everywhere
def test_what_is_measured_is_worded_with_the_limit_that_counts(pack: Read):
    """A limit of nothing ("no crumb", "all of them") and a whole ("both", "all four") may stand in words alone."""
    wrong = []
    for row in pack.standards:
        if row.get("kind") != "measure":
            continue
        # Limits include their own value: "under six minutes" would leave six minutes to both sides.
        assert not re.search(
            r"(?<!no )\b(?:under \w+ (?:minutes?|seconds?|hours?)|less than|fewer than)\b", row["wording"]
        ), row["code"]
        named = numbers(row["wording"]) + [1.0] * bool(
            re.search(r"\b(?:an?|one|once|single)\b", row["wording"].lower())
        )
        for limit in limits(row):
            same = {limit, limit / 60, limit * 60, limit / 24, limit / 10, limit / 100}
            if limit and not same & set(named) and not _in_words(row, limit):
                wrong.append((row["code"], limit, row["wording"]))
    assert wrong == []


def _in_words(row: dict, limit: float) -> bool:
    """Limits that a sentence says without the number: an ordinal, a list, a share, a tolerance told in the guidance."""
    ordinals = {3: "third", 2: "two|both|second|twice", 4: "four", 1: "to the minute|first"}
    listed = row["wording"].count(",") + len(re.findall(r"\b(?:and|or)\b", row["wording"]))
    said = re.search(ordinals.get(int(limit), "$^"), row["wording"])
    share = row.get("unit") == "percent" and re.search("half|nine out of ten|every", row["wording"].lower())
    return bool(said or share or limit == listed + 1 or limit == listed or limit in numbers(row.get("guidance", "")))


@everywhere
def test_judgements_are_guided_and_the_rest_is_not_vague(pack: Read):
    for row in pack.standards:
        if row.get("objective") is False:
            assert row.get("guidance"), row["code"]
        elif row.get("kind", "met") in ("met", "measure"):
            assert not VAGUE.search(row["wording"]), (row["code"], row["wording"])


@everywhere
def test_it_can_be_published_and_its_scheme_reads_what_it_has(pack: Read):
    reading = importing.read_pack_named(pack.name)
    assert list(checklist_faults(reading.checklist)) == []
    assert len(reading.checklist.standards) == len(pack.standards)
    scheme = parse_scheme(reading.scheme, PARTS)
    offered = {*part_names(reading.checklist), *(f"standard.{row['code']}" for row in pack.standards)}
    offered |= {"critical_failed", "coverage", "kind", "findings"}
    for rules in scheme.schemes():
        for name in rules.part_names():
            assert any(part.startswith(name[:-1]) if name.endswith("*") else part == name for part in offered), name


@translated
@pytest.mark.parametrize("language", ["de"])
def test_every_text_is_there_in_the_second_language(pack: Read, language: str):
    texts, head = pack.translations[language], pack.translated_heads[language]
    assert set(texts) == {row["code"] for row in pack.standards}
    assert set(head["sections"]) == {section["code"] for section in pack.head["sections"]}
    assert set(head["classifications"]) == {one["code"] for one in pack.head["classifications"]}
    for row in pack.standards:
        text = texts[row["code"]]
        assert bool(text.get("guidance")) == bool(row.get("guidance")), row["code"]
        labels = {option["code"]: option["label"] for option in row.get("options", ())}
        assert set(text.get("options", {})) == set(labels), row["code"]
        assert all(text["options"].values()) if labels else True
        assert text["wording"] != row["wording"]


@translated
def test_german_is_german(pack: Read):
    texts = pack.translations["de"]
    umlauts = 0
    for code, text in texts.items():
        for sentence in (text["wording"], text.get("guidance", ""), *text.get("options", {}).values()):
            left = ENGLISH_ONLY & set(re.findall(r"[a-zäöüß]+", sentence.lower()))
            assert not left, (code, left)
            assert not PLACEHOLDER.search(sentence), code
            assert not re.search(r"[ÃÂ�]|&\w+;", sentence), code
            umlauts += len(re.findall("[äöüÄÖÜß]", sentence))
        assert text["wording"].endswith("."), code
        assert len(text["wording"]) <= 160, code
    assert umlauts > len(texts)


@translated
def test_numbers_are_the_same_in_both_languages(pack: Read):
    different = []
    for row in pack.standards:
        text = pack.translations["de"][row["code"]]
        for field in ("wording", "guidance"):
            here, there = numbers(row.get(field, "")), numbers(text.get(field, ""), "de")
            if here != there:
                different.append((row["code"], field, here, there))
    assert different == []


@translated
def test_no_two_german_wordings_are_the_same(pack: Read):
    wordings = Counter(text["wording"].lower() for text in pack.translations["de"].values())
    assert [wording for wording, times in wordings.items() if times > 1] == []


def test_numbers_are_read_in_figures_and_in_words():
    assert numbers("Within three rings, 1,200 m or 2.5 kg, by 6 p.m. or 9:00.") == [2.5, 3, 9, 18, 1200]
    assert numbers("Binnen drei Mal, 1.200 m oder 2,5 kg, um 18 oder 9 Uhr; unter vier Augen.", "de") == [
        2.5, 3, 9, 18, 1200,
    ]  # fmt: skip
    assert FOLDER.is_dir() and ENGLISH["twelve"] == 12
