"""The shapes of what phones are answered, for the OpenAPI document."""

from rest_framework import serializers


class StatusAnswer(serializers.Serializer):
    """What a phone may know of its submission; unsigned."""

    state = serializers.ChoiceField(
        choices=["received", "accepted", "returned", "replaced", "void", "withdrawn", "quarantined"]
    )
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
    errors = FaultAnswer(many=True, required=False)


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
