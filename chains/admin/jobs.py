"""Long work in the admin: one's own, how far it is, and a way to stop it."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from chains.access import READERS_OF_RESULTS
from chains.admin.scoped import ScopedAdmin
from chains.models import Job, User
from chains.services import stopping


@admin.register(Job)
class JobAdmin(ScopedAdmin):
    """One's own jobs; a superuser's are all of them."""

    reads = READERS_OF_RESULTS
    by_hand = False
    list_display = ["kind", "state", "progress", "created_at", "heartbeat_at", "finished_at", "stop_wanted"]
    list_filter = ["state", "kind"]
    actions = ["stop"]

    def scope(self, user: User, roles: Iterable[str]) -> Q | None:
        """Whatever is visible: jobs know their owner."""
        return Q()

    @admin.display(description="progress")
    def progress(self, job: Job) -> str:
        """Done of total."""
        return f"{job.done} of {job.total or '?'}"

    @admin.action(description="Stop the selected jobs", permissions=["view"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Ask the jobs to stop; those that have ended stay as they are."""
        user = request.user
        for job in queryset:
            stopping.stop_job(job_id=job.pk, user=user)  # type: ignore[arg-type]
        self.message_user(request, "The jobs were asked to stop.", messages.SUCCESS)
