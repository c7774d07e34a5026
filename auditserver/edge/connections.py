"""The database connection that a thread of the web server keeps from one request to the next."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from chains.models.dialects import drop_ended_connection


class KeptConnectionMiddleware:
    """Lets go of a connection that the database has ended since the last request, which then meets a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        drop_ended_connection()
        return self.get_response(request)
