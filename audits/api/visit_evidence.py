"""Clean copies of what a released visit shows, for the people whom results are for. Originals are never served."""

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request

from audits.api.handing_over import clean_copy
from audits.models import Evidence
from audits.results.shown import shown_copy
from chains.access import READERS_OF_RESULTS
from chains.api.asking import asker


class VisitEvidence(generics.GenericAPIView[Any]):
    """One clean copy, under a random id: no name, size of the original, or time tells of who sent it and when."""

    may = {"GET": READERS_OF_RESULTS}
    queryset = Evidence.objects.none()

    @extend_schema(
        operation_id="visit_evidence", tags=["results"], responses={(200, "image/jpeg"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, visit_id: uuid.UUID, shown_id: uuid.UUID) -> HttpResponse:
        """Fetch a clean copy (JPEG)."""
        return clean_copy(shown_copy(asker(request), visit_id=visit_id, shown_id=shown_id), called="evidence")
