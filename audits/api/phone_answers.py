"""The shapes of what phones are answered, for the OpenAPI document."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


def one_of(*words: str) -> serializers.CharField:
    """A text that is one of some words; named nowhere else, so that client kits need not agree on a name."""
    field = type("OneOf", (serializers.CharField,), {})
    annotated: serializers.CharField = extend_schema_field({"type": "string", "enum": list(words)})(field)()
    return annotated


class StatusAnswer(serializers.Serializer):
    """What a phone may know of its submission; unsigned."""

    state = one_of("received", "accepted", "returned", "replaced", "void", "withdrawn", "quarantined")
    missing_evidence = serializers.ListField(child=serializers.UUIDField())
    flags = serializers.ListField(child=serializers.CharField())


class DeliveryAnswer(serializers.Serializer):
    """A receipt (compact JWS over id, digest, received_at, seq) and the present status."""

    receipt = serializers.CharField()
    status = StatusAnswer()


class FaultAnswer(serializers.Serializer):
    """One thing wrong, and where."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemAnswer(serializers.Serializer):
    """`application/problem+json` (RFC 9457): branch on `type` and `retryable` only."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    retryable = serializers.BooleanField()
    retry_after = serializers.IntegerField(required=False)
    stored = serializers.BooleanField(required=False)
    errors = FaultAnswer(many=True, required=False)  # type: ignore[assignment]


class KeyAnswer(serializers.Serializer):
    """A public Ed25519 key (RFC 8037)."""

    kty = serializers.CharField()
    crv = serializers.CharField()
    x = serializers.CharField()
    kid = serializers.CharField()
    alg = serializers.CharField()
    use = serializers.CharField()


class KeysAnswer(serializers.Serializer):
    """A JWK set; the first key signs."""

    keys = KeyAnswer(many=True)


class WindowAnswer(serializers.Serializer):
    """When the visit may take place (local days and times of the branch) and until when its report is awaited."""

    tz = serializers.CharField()
    to = serializers.DateField()
    weekdays = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=7))
    times = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    excluded = serializers.ListField(child=serializers.DateField())
    deliver_by = serializers.DateField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of Python's own."""
        fields: dict[str, serializers.Field] = super().get_fields()
        return {"from": serializers.DateField(), **fields}


class NamedAnswer(serializers.Serializer):
    """A chain."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class BranchAnswer(NamedAnswer):
    """The branch to visit."""

    code = serializers.CharField()
    town = serializers.CharField()
    country = serializers.CharField()


class ComponentAnswer(serializers.Serializer):
    """Which part of the programme the visit is."""

    code = serializers.CharField()
    name = serializers.CharField()
    channel = serializers.CharField()


class InstanceAnswer(serializers.Serializer):
    """One repetition of a section."""

    id = serializers.CharField()
    section = serializers.CharField()
    name = serializers.CharField()
    outlet = serializers.UUIDField(allow_null=True)


class EvidenceRulesAnswer(serializers.Serializer):
    """What files may be sent, and their limits."""

    types = serializers.ListField(child=serializers.CharField())
    max_bytes = serializers.IntegerField()
    max_files = serializers.IntegerField()


class QueryAnswer(serializers.Serializer):
    """A question of the office."""

    id = serializers.UUIDField()
    answer_key = serializers.CharField()
    text = serializers.CharField()


class ReturnedAnswer(serializers.Serializer):
    """A submission sent back with questions; the corrected one names it in `replaces`."""

    submission = serializers.UUIDField()
    digest = serializers.CharField()
    due = serializers.DateField(allow_null=True)
    queries = QueryAnswer(many=True)


class AssignmentEntry(serializers.Serializer):
    """One visit that is mine to make."""

    id = serializers.UUIDField()
    state = one_of("offered", "accepted", "delivered")
    kind = one_of("mystery", "announced", "self_assessment", "follow_up", "competitor")
    component = ComponentAnswer()
    chain = NamedAnswer()
    location = BranchAnswer()
    window = WindowAnswer()
    checklist = serializers.CharField()
    brief = serializers.CharField(allow_null=True)
    scope = serializers.CharField()
    translations = serializers.DictField(child=serializers.CharField())
    instances = InstanceAnswer(many=True)
    evidence = EvidenceRulesAnswer()
    returned = ReturnedAnswer(allow_null=True)


class ManifestAnswer(serializers.Serializer):
    """All that is mine to do."""

    assignments = AssignmentEntry(many=True)
    minimum_app_version = serializers.CharField()
    server_time = serializers.DateTimeField()
