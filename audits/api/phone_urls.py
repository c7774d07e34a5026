"""Routes of phones; their names are what `chains.access` opens to a phone."""

from django.urls import path

from audits.api.phone_submissions import ReceiptKeysView, SubmissionView

urlpatterns = [
    path("submissions/<uuid:submission_id>", SubmissionView.as_view(), name="submission"),
    path("receipts/keys", ReceiptKeysView.as_view(), name="receipt-keys"),
]
