"""Routes of this room under /api/v1/."""

from django.urls import include, path

urlpatterns = [
    path("", include("audits.api.phone_urls")),
    path("", include("audits.api.results_urls")),
    path("", include("audits.api.rehearsals_urls")),
    path("office/", include("audits.api.office_urls")),
]
