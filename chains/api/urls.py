"""Routes of this room under /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("", include("chains.api.device_urls")),
    path("", include("chains.api.places_urls")),
]
