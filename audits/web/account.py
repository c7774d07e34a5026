"""One's own account: the phones that are signed in, a QR for the next one, and two-step sign-in."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from chains.access import SIGNED_IN
from chains.api.asking import address_of
from chains.models import Device, User
from chains.pairing_codes import qr_payload, qr_svg
from chains.problems import TOO_MANY_ATTEMPTS, Problem
from chains.services import devices, second_steps


@method_decorator(never_cache, name="dispatch")
class AccountPage(View):
    """A page about oneself: open to whoever is signed in, and about nobody else."""

    def person(self) -> User:
        """Who asks."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def show(self, template: str, **content: Any) -> HttpResponse:
        """One of the pages."""
        return render(self.request, f"audits/web/{template}", content | {"here": "account"})

    def refused(self, problem: Problem, back: str) -> HttpResponse:
        """Back to a page with the reason why not."""
        if problem.kind is TOO_MANY_ATTEMPTS:
            locked = render(self.request, "audits/web/locked.html", status=429)
            locked["Retry-After"] = str(problem.retry_after)
            return locked
        messages.error(self.request, problem.detail or problem.kind.title)
        return HttpResponseRedirect(reverse(back))


class Account(AccountPage):
    """My phones, and whether signing in takes two steps."""

    may = {"GET": SIGNED_IN}

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        now = timezone.now()
        phones = Device.objects.visible_to(self.person()).filter(user=self.person()).order_by("-last_used_at", "id")
        return self.show(
            "account.html",
            phones=[{"row": phone, "ended": phone.ended_at(now)} for phone in phones],
            steps=second_steps.standing(person=self.person()),
        )


class NewPhone(AccountPage):
    """A QR to pair one more phone with."""

    may = {"POST": SIGNED_IN}

    def post(self, request: HttpRequest) -> HttpResponse:
        """A code for fifteen minutes, shown once."""
        new = devices.issue_code(person=self.person(), now=timezone.now())
        payload = qr_payload(new.code, request.build_absolute_uri("/api/v1/"))
        return self.show("new_phone.html", code=new.code, expires_at=new.expires_at, qr=qr_svg(payload))


class EndPhone(AccountPage):
    """Sign one of one's phones out."""

    may = {"POST": SIGNED_IN}

    def post(self, request: HttpRequest, device_id: uuid.UUID) -> HttpResponse:
        """Sign it out. Raises Http404 for any phone that is not one's own."""
        if not Device.objects.visible_to(self.person()).filter(pk=device_id, user=self.person()).exists():
            raise Http404
        devices.revoke(person=self.person(), device_id=device_id, now=timezone.now())
        messages.success(request, "Signed out. Finished work it still delivers for two weeks, and it reads nothing.")
        return HttpResponseRedirect(reverse("page-account"))


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class TwoSteps(AccountPage):
    """Two-step sign-in: switched on by scanning a QR and showing a code, off by showing one."""

    may = {"GET": SIGNED_IN, "POST": SIGNED_IN}

    def get(self, request: HttpRequest) -> HttpResponse:
        """Where it stands, and what can be done."""
        steps = second_steps.standing(person=self.person())
        return self.show(
            "two_steps.html",
            steps=steps,
            secret=steps.waiting.secret_text() if steps.waiting else "",
            qr=qr_svg(steps.waiting.address()) if steps.waiting else "",
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin, confirm, renew the recovery codes, or switch off, as `do` says."""
        doing = {"begin": self._begin, "confirm": self._confirm, "renew": self._renew, "off": self._off}
        wanted = doing.get(request.POST.get("do", ""))
        if wanted is None:
            return HttpResponseRedirect(reverse("page-two-steps"))
        try:
            return wanted(request.POST.get("code", "")[:40])
        except Problem as problem:
            return self.refused(problem, "page-two-steps")

    def _begin(self, code: str) -> HttpResponse:
        second_steps.begin(person=self.person(), now=timezone.now())
        return HttpResponseRedirect(reverse("page-two-steps"))

    def _confirm(self, code: str) -> HttpResponse:
        codes = second_steps.confirm(person=self.person(), code=code, now=timezone.now())
        return self.show("recovery_codes.html", codes=codes)

    def _renew(self, code: str) -> HttpResponse:
        address = address_of(self.request)
        codes = second_steps.renew_recovery_codes(person=self.person(), code=code, address=address, now=timezone.now())
        return self.show("recovery_codes.html", codes=codes)

    def _off(self, code: str) -> HttpResponse:
        second_steps.switch_off(person=self.person(), code=code, address=address_of(self.request), now=timezone.now())
        messages.success(self.request, "Two-step sign-in is off.")
        return HttpResponseRedirect(reverse("page-account"))
