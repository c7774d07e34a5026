"""Routes of the office under /api/v1/office/: nobody of a chain ever comes here."""

from django.urls import path

from audits.api import office_audits, office_duties, office_parts, office_programmes

urlpatterns = [
    path("programmes", office_programmes.Programmes.as_view(), name="office-programmes"),
    path("programmes/<uuid:programme_id>", office_programmes.ProgrammeDetail.as_view(), name="office-programme"),
    path("components", office_parts.Components.as_view(), name="office-components"),
    path("components/<uuid:component_id>", office_parts.ComponentDetail.as_view(), name="office-component"),
    path("series", office_parts.SeriesPlans.as_view(), name="office-series"),
    path("series/<uuid:series_id>", office_parts.SeriesPlan.as_view(), name="office-series-detail"),
    path("auditors", office_duties.Auditors.as_view(), name="office-auditors"),
    path("audits", office_audits.Audits.as_view(), name="office-audits"),
    path("audits/plan", office_audits.AuditsPlan.as_view(), name="office-audits-plan"),
    path("audits/assign", office_duties.AuditsAssign.as_view(), name="office-audits-assign"),
    path("audits/release", office_duties.AuditsRelease.as_view(), name="office-audits-release"),
    path("audits/<uuid:audit_id>", office_audits.AuditDetail.as_view(), name="office-audit"),
    path("audits/<uuid:audit_id>/assign", office_duties.AuditAssign.as_view(), name="office-audit-assign"),
    path("audits/<uuid:audit_id>/cancel", office_duties.AuditCancel.as_view(), name="office-audit-cancel"),
    path("audits/<uuid:audit_id>/missed", office_duties.AuditMissed.as_view(), name="office-audit-missed"),
    path(
        "assignments/<uuid:assignment_id>/withdraw",
        office_duties.AssignmentWithdraw.as_view(),
        name="office-assignment-withdraw",
    ),
]
