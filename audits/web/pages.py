"""What all pages share: who may open them, how they answer what is not there, and that nothing of them is kept."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from chains.access import READERS_OF_RESULTS
from chains.problems import Problem


@method_decorator(never_cache, name="dispatch")
class Page(View):
    """A page for the people whom results are for. Whatever cannot be read from its address is absent."""

    may = {"GET": READERS_OF_RESULTS}
    template: ClassVar[str]

    def get(self, request: HttpRequest, **named: Any) -> HttpResponse:
        """The page. Raises Http404 for what is not there, or not for this person."""
        try:
            content = self.content(request, **named)
        except Problem:
            raise Http404 from None
        return render(request, f"audits/web/{self.template}", content)

    def content(self, request: HttpRequest, **named: Any) -> dict[str, Any]:
        """What the template is given. Raises Problem for what cannot be shown."""
        raise NotImplementedError
