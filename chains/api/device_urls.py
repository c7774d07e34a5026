"""Routes of phones; their names are what `chains.access` opens to a phone."""

from django.urls import path

from chains.api.devices import CodesView, DevicesView, DeviceView, LoginView, PairView

urlpatterns = [
    path("devices", DevicesView.as_view(), name="devices"),
    path("devices/pair", PairView.as_view(), name="device-pair"),
    path("devices/login", LoginView.as_view(), name="device-login"),
    path("devices/codes", CodesView.as_view(), name="device-codes"),
    path("devices/<uuid:device_id>", DeviceView.as_view(), name="device"),
]
