"""Long work that the person asking has started: how far it is, what came out, and a way to stop it."""

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chains.access import SIGNED_IN
from chains.api.asking import asker
from chains.api.strict import StrictSerializer, read_query
from chains.models import Job
from chains.services import stopping


class JobLine(serializers.Serializer[Any]):
    """A job in a list: `done` of `total` steps, alive at `heartbeat_at`."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 while it is not known yet.")
    stop_wanted = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    heartbeat_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class JobSerializer(JobLine):
    """A job, and its result once there is one; of a failed one `problem` and `detail`."""

    result = serializers.JSONField(allow_null=True)


class NoQuery(StrictSerializer):
    """A list without filters."""


class Jobs(generics.ListAPIView[Job]):
    """One's own jobs, newest first; the result of each is at its own address."""

    may = {"GET": SIGNED_IN}
    serializer_class = JobLine
    ordering = ("-created_at", "id")

    @extend_schema(operation_id="jobs", tags=["jobs"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List one's own jobs."""
        read_query(request, NoQuery)
        return self.list(request)

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.visible_to(asker(self.request)).defer("result", "arguments")


class JobDetail(generics.RetrieveAPIView[Job]):
    """One of one's own jobs."""

    may = {"GET": SIGNED_IN}
    serializer_class = JobSerializer
    lookup_url_kwarg = "job_id"

    @extend_schema(operation_id="job", tags=["jobs"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Show a job."""
        return self.retrieve(request)

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.visible_to(asker(self.request))


class JobStop(APIView):
    """The wish that a job stop."""

    may = {"POST": SIGNED_IN}

    @extend_schema(operation_id="job_stop", tags=["jobs"], request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Ask a job to stop; asking twice, or after it has ended, changes nothing."""
        return Response(JobSerializer(stopping.stop_job(job_id=job_id, user=asker(request))).data)
