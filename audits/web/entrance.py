"""The front door: what is here, signing in and signing out."""

from typing import Any

from django import forms
from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from chains.access import ANYONE
from chains.api.asking import address_of
from chains.models import Role, User
from chains.problems import SIGN_IN_FAILED, TOO_MANY_ATTEMPTS, Problem
from chains.services import signing_in

COMPARE = frozenset({Role.MANAGER, Role.CHAIN_ADMIN})
WORK_IN_ADMIN = frozenset({Role.PLANNER, Role.REVIEWER, Role.OFFICE_ADMIN, Role.EDITOR})


def landing_of(user: User) -> str:
    """Where a person's work is: managers compare branches, office and editors work in the admin, others begin here."""
    if COMPARE & user.roles:
        return reverse("page-league")
    if user.is_staff and (user.is_superuser or WORK_IN_ADMIN & user.roles):
        return reverse("admin:index")
    return reverse("page-league") if user.reads_results else reverse("home")


class Front(View):
    """What this is and where to go; open to everybody."""

    may = {"GET": ANYONE}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The front page."""
        roles: frozenset[str] = getattr(request.user, "roles", frozenset())
        reads: bool = getattr(request.user, "reads_results", False)
        content = {"reads_results": reads, "audits": Role.AUDITOR in roles}
        return render(request, "audits/web/front.html", content)


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(max_length=150)
    password = forms.CharField(max_length=1024, strip=False)


class SecondStepForm(forms.Form):
    """A one-time code, and the first step it follows."""

    first = forms.CharField(max_length=1000)
    code = forms.CharField(max_length=40)


class SignIn(RedirectURLMixin, View):
    """Name and password, then the one-time code of who has switched that on; the same for everybody, admin included."""

    may = {"GET": ANYONE, "POST": ANYONE}
    redirect_field_name = REDIRECT_FIELD_NAME

    @method_decorator(sensitive_post_parameters("password", "first", "code"))
    @method_decorator(csrf_protect)
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> Any:
        return super().dispatch(request, *args, **named)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form; whoever is signed in goes on to their work."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return self._ask()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign in and go on, or the form with what was wrong."""
        try:
            return self._second() if "first" in request.POST else self._first()
        except Problem as problem:
            if problem.kind is TOO_MANY_ATTEMPTS:
                locked = render(request, "audits/web/locked.html", status=429)
                locked["Retry-After"] = str(problem.retry_after)
                return locked
            if signing_in.person_of_first_step(request.POST.get("first", "")):
                return self._ask_code(request.POST["first"], "This code is not right, or was used before.")
            return self._ask("Name and password do not belong together. Capital letters count.")

    def get_default_redirect_url(self) -> str:
        """Where no page was asked for: the page of the person's role."""
        assert isinstance(self.request.user, User)
        return landing_of(self.request.user)

    def _first(self) -> HttpResponse:
        form = SignInForm(self.request.POST)
        if not form.is_valid():
            return self._ask("Name and password are needed.")
        person, first = signing_in.first_step(**form.cleaned_data, address=address_of(self.request), now=timezone.now())
        return self._ask_code(first) if person is None else self._go_on(person)

    def _second(self) -> HttpResponse:
        form = SecondStepForm(self.request.POST)
        if not form.is_valid():
            raise Problem(SIGN_IN_FAILED)
        return self._go_on(
            signing_in.second_step(**form.cleaned_data, address=address_of(self.request), now=timezone.now())
        )

    def _go_on(self, person: User) -> HttpResponse:
        login(self.request, person)
        return HttpResponseRedirect(self.get_success_url())

    def _ask(self, fault: str = "") -> HttpResponse:
        name = self.request.POST.get("username", "")[:150]
        content = {"fault": fault, "username": name, "next": self.get_redirect_url()}
        return render(self.request, "audits/web/sign_in.html", content)

    def _ask_code(self, first: str, fault: str = "") -> HttpResponse:
        content = {"fault": fault, "first": first, "next": self.get_redirect_url()}
        return render(self.request, "audits/web/second_step.html", content)


class SignOut(View):
    """Ends the session; a link alone cannot do it."""

    may = {"POST": ANYONE}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out, back to the front door."""
        logout(request)
        return HttpResponseRedirect(reverse("home"))
