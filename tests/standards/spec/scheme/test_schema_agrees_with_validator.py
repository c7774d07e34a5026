"""The published JSON Schema refuses exactly the documents the validator finds a fault of form in."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from standards.spec.scheme import faults_of
from standards.spec.scheme.schema import json_schema, schema_text
from tests.standards.spec.scheme.documents import documents, spoiled

VALIDATOR = Draft202012Validator(json_schema())
PUBLISHED = Path(__file__).parents[4] / "docs" / "scheme.schema.json"


def test_the_published_schema_is_the_one_the_code_makes() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(json_schema())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=documents())
def test_well_formed_documents_pass_both(tree: Any) -> None:
    assert [fault for fault in faults_of(tree) if fault.is_of_shape] == []
    assert VALIDATOR.is_valid(tree)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=spoiled())
def test_documents_spoiled_in_one_place_are_judged_alike(tree: Any) -> None:
    of_shape = [fault for fault in faults_of(tree) if fault.is_of_shape]
    assert VALIDATOR.is_valid(tree) == (not of_shape), of_shape or [e.message for e in VALIDATOR.iter_errors(tree)][:3]
