"""Routes of the office under /api/v1/office/: nobody of a chain ever comes here."""

from django.urls import path

from audits.api import (
    office_audits,
    office_duties,
    office_judging,
    office_overrides,
    office_parts,
    office_programmes,
    office_quarantine,
    office_submissions,
)

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
    path("submissions", office_submissions.Submissions.as_view(), name="office-submissions"),
    path("submissions/<uuid:submission_id>", office_submissions.SubmissionDetail.as_view(), name="office-submission"),
    path("submissions/<uuid:submission_id>/accept", office_judging.Accept.as_view(), name="office-submission-accept"),
    path(
        "submissions/<uuid:submission_id>/return",
        office_judging.ReturnWithQueries.as_view(),
        name="office-submission-return",
    ),
    path("submissions/<uuid:submission_id>/void", office_judging.Void.as_view(), name="office-submission-void"),
    path(
        "submissions/<uuid:submission_id>/withdraw",
        office_judging.Withdraw.as_view(),
        name="office-submission-withdraw",
    ),
    path("submissions/<uuid:submission_id>/match", office_judging.Match.as_view(), name="office-submission-match"),
    path("submissions/<uuid:submission_id>/amend", office_judging.Amend.as_view(), name="office-submission-amend"),
    path("scores", office_submissions.Scores.as_view(), name="office-scores"),
    path("scores/<int:score_id>", office_submissions.ScoreDetail.as_view(), name="office-score"),
    path("quarantine", office_quarantine.QuarantineList.as_view(), name="office-quarantine"),
    path("quarantine/<int:row_id>", office_quarantine.QuarantineDetail.as_view(), name="office-quarantined"),
    path(
        "quarantine/<int:row_id>/release",
        office_quarantine.QuarantineRelease.as_view(),
        name="office-quarantine-release",
    ),
    path(
        "quarantine/<int:row_id>/dismiss",
        office_quarantine.QuarantineDismiss.as_view(),
        name="office-quarantine-dismiss",
    ),
    path("overrides", office_overrides.Overrides.as_view(), name="office-overrides"),
    path("overrides/<uuid:override_id>/end", office_overrides.OverrideEnd.as_view(), name="office-override-end"),
]
