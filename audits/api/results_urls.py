"""Routes of published results."""

from django.urls import path

from audits.api import comparisons, league, next_star, previews, results, visit_evidence, visits

urlpatterns = [
    path("series", results.SeriesList.as_view(), name="series"),
    path("series/<uuid:pk>/scheme-preview", previews.SchemePreview.as_view(), name="scheme-preview"),
    path("ratings", results.Ratings.as_view(), name="ratings"),
    path("ratings/<uuid:pk>", results.RatingDetail.as_view(), name="rating"),
    path("ratings/<uuid:pk>/explain", results.Explain.as_view(), name="rating-explain"),
    path("ratings/<uuid:pk>/next-star", next_star.NextStar.as_view(), name="rating-next-star"),
    path("comparisons/spend-first", next_star.SpendFirst.as_view(), name="spend-first"),
    path("comparisons/league", league.League.as_view(), name="league"),
    path("comparisons/league.csv", league.LeagueFile.as_view(), name="league-file"),
    path("comparisons/locations", results.Sides.as_view(), name="side-by-side"),
    path("comparisons/groups", comparisons.Groups.as_view(), name="groups-league"),
    path("comparisons/consistency", comparisons.Consistency.as_view(), name="consistency"),
    path("comparisons/matrix", comparisons.Matrix.as_view(), name="matrix"),
    path("comparisons/standards", comparisons.StandardsView.as_view(), name="standards-failing"),
    path("comparisons/standards.csv", comparisons.StandardsFile.as_view(), name="standards-failing-file"),
    path("comparisons/standards/<str:code>", comparisons.WhereFailed.as_view(), name="where-failed"),
    path("locations/<uuid:pk>/trend", results.Trend.as_view(), name="trend"),
    path("visits", visits.Visits.as_view(), name="visits"),
    path("visits/<uuid:visit_id>", visits.VisitDetail.as_view(), name="visit"),
    path(
        "visits/<uuid:visit_id>/evidence/<uuid:shown_id>",
        visit_evidence.VisitEvidence.as_view(),
        name="visit-evidence",
    ),
]
