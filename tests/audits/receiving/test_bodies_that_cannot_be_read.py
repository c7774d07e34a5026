"""What makes a body unreadable: kept, answered 422 with every fault by JSON pointer; no visit is made of it."""

import json
import uuid

import pytest

from audits.services.receiving.body import UnreadableBody, read_body
from tests.audits.receiving.delivery import HELD, NOTHING, content_of, rows, written

GOOD = {
    "format": 1,
    "id": "6f4b6b1c-58f5-4b39-9a5e-0f3c4a3f1c11",
    "assignment": "f2a4a1a2-22ee-4f0e-8d4f-9a1b4a6a7b10",
    "checklist": "c" * 64,
    "scope": "5" * 64,
    "outcome": "completed",
    "visited_on": "2026-06-15",
    "answers": {"ARR-001": "met"},
}
TEXT = written(GOOD)


def faults(body):
    """(pointer, code) of every fault."""
    with pytest.raises(UnreadableBody) as caught:
        read_body(body, uuid.UUID(GOOD["id"]))
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_the_least_that_is_a_submission():
    sent, unknown_member = read_body(TEXT, uuid.UUID(GOOD["id"]))
    assert (sent.outcome, sent.answers, unknown_member) == ("completed", {"ARR-001": "met"}, False)


NOT_JSON = {
    "nothing": b"",
    "half": TEXT[: len(TEXT) // 2],
    "two": TEXT + TEXT,
    "no UTF-8": TEXT.replace(b"ARR", b"\xff\xfe\xfd"),
    "UTF-16": TEXT.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + TEXT,
    "NaN": TEXT.replace(b'"met"', b"NaN"),
    "Infinity": TEXT.replace(b'"met"', b"-Infinity"),
    "a lone surrogate": TEXT.replace(b'"met"', b'"\\ud800"'),
    "surrogates the wrong way round": TEXT.replace(b'"met"', b'"\\ude00\\ud83d"'),
    "a surrogate in raw bytes": TEXT.replace(b'"met"', b'"\xed\xa0\x80"'),
    "a raw control character": TEXT.replace(b"met", b"m\x01t"),
    "an unescaped NUL": TEXT.replace(b"met", b"m\x00t"),
    "a number too large": TEXT.replace(b'"met"', b"1e999"),
    "a comment": b"/* hello */" + TEXT,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_bytes_that_are_no_json(body):
    assert faults(body) == [("", "not-json")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (TEXT.replace(b'"met"', b'"m\\u0000t"'), [("/answers/ARR-001", "nul")]),
        (TEXT.replace(b"ARR-001", b"ARR\\u0000"), [("/answers", "nul")]),
        (TEXT.replace(b'"met"', b'"met","ARR-001":"not_met"'), [("/ARR-001", "duplicate-key")]),
        (TEXT.replace(b'"met"', b'"met","ARR-00\\u0031":"not_met"'), [("/ARR-001", "duplicate-key")]),
        (TEXT.replace(b'"format":1', b'"format":1,"format":1'), [("/format", "duplicate-key")]),
        (b"[" * 2000 + b"]" * 2000, [("", "too-deep")]),
        (TEXT.replace(b'"met"', b'{"a":' * 2000 + b"1" + b"}" * 2000), [("", "too-deep")]),
        (b"[" * 2_000_000, [("", "too-deep")]),
        (b"[]", [("", "not-an-object")]),
        (b'"text"', [("", "not-an-object")]),
        (b"null", [("", "not-an-object")]),
    ],
)
def test_json_that_readers_understand_differently(body, expected):
    assert faults(body) == expected


@pytest.mark.parametrize("member", [name for name in GOOD if name != "id"])
def test_every_needed_member_is_asked_for(member):
    body = written({key: value for key, value in GOOD.items() if key != member})
    assert faults(body) == [(f"/{member}", "missing")]


def test_an_empty_object_lacks_them_all():
    assert faults(b"{}") == [(f"/{name}", "missing") for name in GOOD]


def test_the_id_must_be_the_addresss():
    assert faults(written(GOOD | {"id": str(uuid.uuid4())})) == [("/id", "id-differs")]


@pytest.mark.parametrize(
    ("member", "value", "pointers"),
    [
        ("format", 2, ["/format"]),
        ("format", "1", ["/format"]),
        ("id", "7", ["/id"]),
        ("assignment", None, ["/assignment"]),
        ("checklist", "C" * 64, ["/checklist"]),
        ("checklist", "c" * 64 + "\n", ["/checklist"]),
        ("scope", "c" * 63, ["/scope"]),
        ("outcome", "done", ["/outcome"]),
        ("visited_on", "2026-02-30", ["/visited_on"]),
        ("visited_on", "2026-06-15T12:00:00Z", ["/visited_on"]),
        ("answers", [], ["/answers"]),
        ("answers", {"A": True, "B": 1.5, "C": None, "D": [], "E": {}, "F": "met", "G": 45.0},
         ["/answers/A", "/answers/B", "/answers/C", "/answers/D", "/answers/E", "/answers/G"]),
        ("answers", {"a/b~c": None}, ["/answers/a~1b~0c"]),
        ("comments", {"A": 1, "B": "x" * 10_001}, ["/comments/A", "/comments/B"]),
        ("reason", "x" * 101, ["/reason"]),
        ("language", 7, ["/language"]),
        ("instances", {}, ["/instances"]),
        ("instances", [{"id": "a"}, 7], ["/instances/0/section", "/instances/1"]),
        ("evidence", [{"id": "x", "type": "video", "sha256": "1", "length": -1, "for": [1]}],
         ["/evidence/0/id", "/evidence/0/type", "/evidence/0/sha256", "/evidence/0/length", "/evidence/0/for/0"]),
        ("evidence", [{}], ["/evidence/0/id", "/evidence/0/type", "/evidence/0/sha256", "/evidence/0/length"]),
        ("replaces", {"id": "x"}, ["/replaces/id", "/replaces/digest"]),
        ("replaces", "x", ["/replaces"]),
        ("query_replies", [{"query": str(uuid.UUID(int=1))}], ["/query_replies/0/text"]),
    ],
)  # fmt: skip
def test_every_fault_is_named_by_its_place(member, value, pointers):
    assert [pointer for pointer, _ in faults(written(GOOD | {member: value}))] == pointers


def test_faults_of_all_members_are_named_at_once():
    body = written(GOOD | {"format": 9, "outcome": "x", "answers": {"A": None}, "evidence": 7})
    assert [pointer for pointer, _ in faults(body)] == ["/format", "/outcome", "/answers/A", "/evidence"]


def test_the_list_of_faults_is_bounded():
    assert len(faults(written(GOOD | {"answers": {f"A{n}": None for n in range(2000)}}))) == 200


@pytest.mark.parametrize(("number", "code"), [(2000, None), (2001, "too-many")])
def test_two_thousand_answers_are_the_limit(number, code):
    body = written(GOOD | {"answers": {f"A{n}": "met" for n in range(number)}})
    if code:
        assert faults(body) == [("/answers", code)]
    else:
        assert len(read_body(body, uuid.UUID(GOOD["id"]))[0].answers) == number


@pytest.mark.parametrize(("number", "code"), [(400, None), (401, "too-many")])
def test_four_hundred_files_are_the_limit(number, code):
    files = [{"id": str(uuid.UUID(int=n)), "type": "photo", "sha256": "0" * 64, "length": 1} for n in range(number)]
    body = written(GOOD | {"evidence": files})
    if code:
        assert faults(body) == [("/evidence", code)]
    else:
        assert len(read_body(body, uuid.UUID(GOOD["id"]))[0].evidence) == number


def test_ten_thousand_characters_are_the_limit_of_a_comment_whatever_their_bytes():
    body = written(GOOD | {"comments": {"A": "🛏" * 10_000}})
    assert read_body(body, uuid.UUID(GOOD["id"]))[0].comments["A"] == "🛏" * 10_000


def test_a_body_of_depth_thirty_two_is_read():
    clock = json.loads("[" * 31 + "]" * 31)
    assert read_body(written(GOOD | {"clock": clock}), uuid.UUID(GOOD["id"]))[0].clock == clock
    assert faults(written(GOOD | {"clock": [clock]})) == [("", "too-deep")]


OVER_HTTP = {
    "NUL": lambda text: text.replace(b'"ARR-001":"met"', b'"ARR-001":"m\\u0000t"'),
    "lone surrogate": lambda text: text.replace(b'"ARR-001":"met"', b'"ARR-001":"\\ud800"'),
    "duplicate key": lambda text: text.replace(b'"ARR-001":"met"', b'"ARR-001":"met","ARR-001":"na"'),
    "NaN": lambda text: text.replace(b'"ARR-002":45', b'"ARR-002":NaN'),
    "depth 2000": lambda text: text.replace(b'"answers":', b'"x":' + b"[" * 2000 + b"]" * 2000 + b',"answers":'),
    "2001 answers": lambda text: text.replace(b'"answers":{', b'"answers":{' + _many(1996)),
    "cut": lambda text: text[:-1],
    "one byte": lambda text: b"{",
}


def _many(number):
    return b"".join(b'"X-%d":"met",' % n for n in range(number))


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", OVER_HTTP.values(), ids=OVER_HTTP.keys())
def test_over_http_they_are_kept_and_answered_422(door, assignment, spoil):
    content = content_of(assignment)
    spoilt = spoil(written(content))
    assert spoilt != written(content)
    answer = door.put(content["id"], spoilt)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:problem:submission-unreadable")
    assert (answer.json()["stored"], answer.json()["retryable"]) == (True, False)
    assert answer.json()["errors"]
    assert rows() == HELD
    assignment.refresh_from_db()
    assert (assignment.state, assignment.audit.state) == ("offered", "assigned")


@pytest.mark.django_db
def test_an_address_that_is_no_id_is_nowhere(door, assignment):
    assert door.put("not-an-id", written(content_of(assignment))).status_code == 404
    assert rows() == NOTHING
