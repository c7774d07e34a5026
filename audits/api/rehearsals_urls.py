"""Routes of rehearsals."""

from django.urls import path

from audits.api import rehearsals

urlpatterns = [path("rehearsals", rehearsals.Rehearsals.as_view(), name="rehearsals")]
