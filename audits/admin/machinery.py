"""What is still to be done, for superusers: rows that wait, rows that were parked, messages not yet sent."""

from django.contrib import admin

from audits.models import Dirty, Outbox
from chains.admin.scoped import ScopedAdmin


@admin.register(Dirty)
class DirtyAdmin(ScopedAdmin):
    """What is to be recomputed; parked rows need a person."""

    by_hand = False
    list_display = ["key", "kind", "since", "attempts", "next_try_at", "parked_at", "last_error"]
    list_filter = ["kind", ("parked_at", admin.EmptyFieldListFilter)]
    search_fields = ["key"]


@admin.register(Outbox)
class OutboxAdmin(ScopedAdmin):
    """Messages to leave the house."""

    by_hand = False
    list_display = ["kind", "created_at", "next_try_at", "attempts", "sent_at"]
    list_filter = ["kind", ("sent_at", admin.EmptyFieldListFilter)]
