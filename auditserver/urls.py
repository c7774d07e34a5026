"""Every address of the server. Rooms bring their own routes; nothing is served that is not listed here."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from auditserver.edge import openapi
from auditserver.health import Health
from chains.access import ANYONE

# Named here so that both ways to sign in are in the document.
SIGN_IN = (openapi.PhoneToken, openapi.PageCookie)

handler400 = "auditserver.edge.errors.bad_request"
handler404 = "auditserver.edge.errors.page_not_found"
handler500 = "auditserver.edge.errors.server_error"


class Schema(SpectacularJSONAPIView):
    """The OpenAPI 3.1 document: the same for everyone, no secrets in it."""

    may = {"GET": ANYONE}
    authentication_classes = ()


class ApiPage(SpectacularSwaggerSplitView):
    """Swagger UI, served from here without any other host."""

    may = {"GET": ANYONE}
    authentication_classes = ()


# What phones ask for comes first: routes are tried in order.
api: list[URLPattern | URLResolver] = [
    path("", include("audits.api.urls")),
    path("", include("chains.api.urls")),
    path("", include("standards.api.urls")),
    path("schema", Schema.as_view(), name="schema"),
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("", include("audits.web.urls")),
    path("healthz", Health.as_view(), name="health"),
    path("api/", ApiPage.as_view(url_name="schema"), name="api-page"),
    path("admin/", admin.site.urls),
]
