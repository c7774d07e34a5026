"""Ratings and what belongs to them: recomputed by the product, looked at by the office."""

from django.contrib import admin

from audits.admin.roles import READERS
from audits.admin.settling import END, RECORD
from audits.models import CutPoints, GroupRating, GroupTally, Override, Rating, Standing, Tally
from chains.admin.acting import ActingAdmin
from chains.admin.scoped import ScopedAdmin


class OfSeries(ScopedAdmin):
    """Rows of one series and period."""

    reads = READERS
    chain = "series__programme__chain"
    by_hand = False


@admin.register(Rating)
class RatingAdmin(OfSeries):
    """The outcome of one (series, branch, period)."""

    list_display = ["location", "series", "period_start", "outcome", "state", "visits", "current", "rated_at"]
    list_filter = ["current", "state", "series", "period_start", "location"]
    list_select_related = ["location", "series"]
    search_fields = ["location__name", "location__code"]


@admin.register(Override)
class OverrideAdmin(OfSeries, ActingAdmin):
    """Recorded decisions on top of ratings."""

    acts = [RECORD, END]
    list_display = ["location", "series", "outcome", "from_period", "until", "made_by", "ended_at"]
    list_filter = ["series", "location"]
    list_select_related = ["location", "series", "made_by"]
    search_fields = ["location__name", "location__code"]


@admin.register(Standing)
class StandingAdmin(OfSeries):
    """Places among others."""

    list_display = ["position", "rank", "location", "group", "series", "period_start", "change_tenths"]
    list_filter = ["series", "period_start", "group"]
    list_select_related = ["location", "series", "group"]
    search_fields = ["location__name", "location__code"]


@admin.register(CutPoints)
class CutPointsAdmin(OfSeries):
    """Where rank bands lie."""

    list_display = ["series", "group", "period_start", "frozen_at"]
    list_filter = ["series", "period_start"]
    list_select_related = ["series", "group"]


@admin.register(Tally)
class TallyAdmin(OfSeries):
    """How often each standard was met."""

    list_display = ["location", "series", "period_start", "version", "visits"]
    list_filter = ["series", "period_start", "location"]
    list_select_related = ["location", "series", "version__checklist"]
    search_fields = ["location__name", "location__code"]


@admin.register(GroupRating)
class GroupRatingAdmin(OfSeries):
    """What the branches of a group come to together."""

    list_display = ["__str__", "series", "period_start", "outcome", "branches", "visits"]
    list_filter = ["series", "period_start", "group"]
    list_select_related = ["series", "group"]


@admin.register(GroupTally)
class GroupTallyAdmin(OfSeries):
    """How often each standard was met in a group."""

    list_display = ["__str__", "series", "period_start", "version", "branches", "visits"]
    list_filter = ["series", "period_start", "group"]
    list_select_related = ["series", "group", "version__checklist"]
