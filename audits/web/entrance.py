"""The front door: what is here, signing in and signing out."""

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from chains.access import ANYONE, READERS_OF_RESULTS
from chains.models import Role, User

COMPARE = frozenset({Role.MANAGER, Role.CHAIN_ADMIN})
WORK_IN_ADMIN = frozenset({Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN, Role.EDITOR})


def landing_of(user: User) -> str:
    """Where a person's work is: managers compare branches, office and editors work in the admin, others begin here."""
    if COMPARE & user.roles:
        return reverse("page-league")
    if user.is_staff and (user.is_superuser or WORK_IN_ADMIN & user.roles):
        return reverse("admin:index")
    return reverse("page-league") if READERS_OF_RESULTS & user.roles else reverse("home")


class Front(View):
    """What this is and where to go; open to everybody."""

    may = {"GET": ANYONE}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The front page."""
        roles: frozenset[str] = getattr(request.user, "roles", frozenset())
        reads = request.user.is_superuser or bool(READERS_OF_RESULTS & roles)
        content = {"reads_results": reads, "audits": Role.AUDITOR in roles}
        return render(request, "audits/web/front.html", content)


class SignIn(RedirectURLMixin, View):
    """Name and password, the same for everybody; too many wrong ones lock the name for a while (axes)."""

    may = {"GET": ANYONE, "POST": ANYONE}
    redirect_field_name = REDIRECT_FIELD_NAME

    @method_decorator(sensitive_post_parameters("password"))
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> Any:
        return super().dispatch(request, *args, **named)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form; whoever is signed in goes on to their work."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return self._form(AuthenticationForm(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in and go on, or the form with what was wrong."""
        form = AuthenticationForm(request, data=request.POST)
        if not form.is_valid():
            return self._form(form)
        login(request, form.get_user())
        return HttpResponseRedirect(self.get_success_url())

    def get_default_redirect_url(self) -> str:
        """Where no page was asked for: the page of the person's role."""
        assert isinstance(self.request.user, User)
        return landing_of(self.request.user)

    def _form(self, form: AuthenticationForm) -> HttpResponse:
        return render(self.request, "audits/web/sign_in.html", {"form": form, "next": self.get_redirect_url()})


class SignOut(View):
    """Ends the session; a link alone cannot do it."""

    may = {"POST": ANYONE}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out, back to the front door."""
        logout(request)
        return HttpResponseRedirect(reverse("home"))
