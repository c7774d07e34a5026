"""Routes of places, jobs and one's own account under /api/v1/."""

from django.urls import path

from chains.api.jobs import JobDetail, Jobs, JobStop
from chains.api.me import Me
from chains.api.places import GroupDetail, Groups, LocationDetail, Locations

urlpatterns = [
    path("me", Me.as_view(), name="me"),
    path("locations", Locations.as_view(), name="locations"),
    path("locations/<uuid:location_id>", LocationDetail.as_view(), name="location"),
    path("groups", Groups.as_view(), name="groups"),
    path("groups/<uuid:group_id>", GroupDetail.as_view(), name="group"),
    path("jobs", Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>", JobDetail.as_view(), name="job"),
    path("jobs/<uuid:job_id>/stop", JobStop.as_view(), name="job-stop"),
]
