"""Rehearsals over HTTP: a job is started here, and watched and stopped under /jobs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from audits import tasks
from audits.api.office_asking import named, read_body
from audits.models import Series
from audits.services import rehearsing
from chains.access import WRITERS_OF_STANDARDS
from chains.api.asking import asker
from chains.api.jobs import JobSerializer
from chains.api.strict import StrictSerializer
from standards.models import ChecklistVersion, SchemeVersion


class NewRehearsal(StrictSerializer):
    """What is rehearsed: a version of a checklist, a scheme version, or both, drafts or published ones."""

    series = serializers.UUIDField()
    version = serializers.UUIDField(
        required=False, allow_null=True, help_text="Left out: visits stay with the standards they were audited with."
    )
    scheme_version = serializers.UUIDField(
        required=False, allow_null=True, help_text="Left out: the scheme in force in the period."
    )
    period = serializers.DateField(
        required=False, allow_null=True, help_text="Any day of it. Left out: the newest that has stars."
    )


class Rehearsals(APIView):
    """Rehearsals of one's chain, before anything is published."""

    may = {"POST": WRITERS_OF_STANDARDS}

    @extend_schema(
        operation_id="rehearsal_start", request=NewRehearsal, responses={202: JobSerializer}, tags=["rehearsals"]
    )
    def post(self, request: Request) -> Response:
        """Start a rehearsal; the answer is the job that does it."""
        user = asker(request)
        rows: dict[str, Any] = {
            "series": Series.objects.visible_to(user).select_related("programme"),
            "version": ChecklistVersion.objects.visible_to(user).select_related("checklist"),
            "scheme_version": SchemeVersion.objects.visible_to(user).select_related("scheme"),
        }
        asked = {"version": None, "scheme_version": None, "period": None} | read_body(request, NewRehearsal)
        chosen = named(asked, rows)
        job = rehearsing.start(day=chosen.pop("period"), by=user, now=timezone.now(), **chosen)
        tasks.ring_for(job)
        return Response(
            JobSerializer(job).data, status=202, headers={"Location": reverse("job", kwargs={"job_id": job.pk})}
        )
