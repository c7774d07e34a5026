"""Phones over HTTP: bind one by a code or a password, list one's own, end one (PHONE_PROTOCOL §1)."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains import problems
from chains.access import ANYONE, SIGNED_IN
from chains.api.asking import address_of
from chains.api.strict import StrictSerializer
from chains.models import Device, User
from chains.pairing_codes import qr_payload, qr_svg
from chains.services import devices, signing_in
from chains.services.devices import Paired, Phone


class PhoneFields(StrictSerializer):
    """What an installed app says of itself."""

    install_id = serializers.CharField(max_length=100)
    platform = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    app_version = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")

    def phone(self) -> Phone:
        """The checked values as the service takes them."""
        given = self.validated_data
        return Phone(given["install_id"], given["platform"], given["app_version"])


class PairFields(PhoneFields):
    """A code from a QR, and the phone that scanned it."""

    code = serializers.CharField(max_length=100)


class LoginFields(PhoneFields):
    """Name and password, and the phone they were typed on."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)
    otp = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="A one-time code of the person's app, or a recovery code, where two-step sign-in is switched on.",
    )


class PairedAnswer(serializers.Serializer):
    """The token in clear: told once."""

    token = serializers.CharField()
    device_id = serializers.UUIDField()
    expires_at = serializers.DateTimeField()


class CodeFields(StrictSerializer):
    """Whose phone the code is for; oneself where left out."""

    user = serializers.IntegerField(required=False)


class CodeAnswer(serializers.Serializer):
    """A pairing code, and the same as a QR for a phone's camera."""

    code = serializers.CharField()
    expires_at = serializers.DateTimeField()
    payload = serializers.CharField(help_text="The text of the QR.")
    qr_svg = serializers.CharField(help_text="The QR as an SVG document.")


class DeviceAnswer(serializers.Serializer):
    """One phone."""

    id = serializers.UUIDField()
    platform = serializers.CharField()
    app_version = serializers.CharField()
    paired_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    this = serializers.SerializerMethodField(help_text="Whether it is the phone that asks.")

    def get_this(self, device: Device) -> bool:
        """Whether the phone asks about itself."""
        asking = self.context["request"].auth
        return isinstance(asking, Device) and asking.pk == device.pk


class PairView(APIView):
    """Bind a phone by the code of a QR."""

    may = {"POST": ANYONE}
    authentication_classes = ()

    @extend_schema(operation_id="devices_pair", request=PairFields, responses={200: PairedAnswer}, auth=[])
    def post(self, request: Request) -> Response:
        """Answer the token. The same code from the same installation within 15 minutes replaces it."""
        fields = PairFields(data=request.data)
        fields.is_valid(raise_exception=True)
        paired = devices.pair(
            code=fields.validated_data["code"],
            phone=fields.phone(),
            address=address_of(request._request),
            now=timezone.now(),
        )
        return _paired(paired)


class LoginView(APIView):
    """Bind a phone by name, password and perhaps a one-time code; failures count over every login door."""

    may = {"POST": ANYONE}
    authentication_classes = ()

    @extend_schema(operation_id="devices_login", request=LoginFields, responses={200: PairedAnswer}, auth=[])
    def post(self, request: Request) -> Response:
        """Answer the token. 401 `one-time-code-needed`: the same again with `otp`."""
        fields = LoginFields(data=request.data)
        fields.is_valid(raise_exception=True)
        given = fields.validated_data
        person = signing_in.prove(
            username=given["username"],
            password=given["password"],
            code=given["otp"],
            address=address_of(request._request),
            now=timezone.now(),
        )
        return _paired(devices.sign_in(person=person, phone=fields.phone(), now=timezone.now()))


class CodesView(APIView):
    """Make a pairing code: for oneself, or as office or chain admin for one's people."""

    may = {"POST": SIGNED_IN}

    @extend_schema(operation_id="devices_codes", request=CodeFields, responses={201: CodeAnswer})
    def post(self, request: Request) -> Response:
        """Answer a code that is valid for 15 minutes, once."""
        fields = CodeFields(data=request.data)
        fields.is_valid(raise_exception=True)
        wanted = fields.validated_data.get("user", request.user.pk)
        person = User.objects.visible_to(request.user).filter(pk=wanted, is_active=True).first()
        if person is None:
            raise problems.Problem(problems.NOT_FOUND)
        new = devices.issue_code(person=person, now=timezone.now())
        payload = qr_payload(new.code, request.build_absolute_uri("/api/v1/"))
        answer = {"code": new.code, "expires_at": new.expires_at, "payload": payload, "qr_svg": qr_svg(payload)}
        response = Response(answer, status=201)
        response["Cache-Control"] = "no-store"
        return response


class DevicesView(ListAPIView):
    """One's own phones."""

    may = {"GET": SIGNED_IN}
    serializer_class = DeviceAnswer
    ordering = ("-last_used_at", "id")

    def get_queryset(self) -> Any:
        """Own phones only, the one used last first."""
        return Device.objects.visible_to(self.request.user).filter(user_id=self.request.user.pk)


class DeviceView(APIView):
    """One phone."""

    may = {"DELETE": SIGNED_IN}

    @extend_schema(operation_id="devices_revoke", request=None, responses={204: None})
    def delete(self, request: Request, device_id: uuid.UUID) -> Response:
        """End it: it may deliver finished work for 14 days and read nothing."""
        assert isinstance(request.user, User)
        devices.revoke(person=request.user, device_id=device_id, now=timezone.now())
        return Response(status=204)


def _paired(paired: Paired) -> Response:
    device = paired.device
    response = Response({"token": paired.token, "device_id": device.pk, "expires_at": device.expires_at})
    response["Cache-Control"] = "no-store"
    return response
