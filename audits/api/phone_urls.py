"""Routes of phones; their names are what `chains.access` opens to a phone."""

from django.urls import path

from audits.api.phone_drafts import DraftView
from audits.api.phone_evidence import EvidenceLostView, EvidenceView
from audits.api.phone_submissions import ReceiptKeysView, SubmissionView
from audits.api.phone_uploads import EvidenceUpload, SubmissionUpload
from audits.api.phone_work import AbortView, AcceptView, DeclineView, ManifestView, ScopeView

urlpatterns = [
    path("submissions/<uuid:submission_id>", SubmissionView.as_view(), name="submission"),
    path("manifest", ManifestView.as_view(), name="manifest"),
    path("scopes/<str:sha256>", ScopeView.as_view(), name="scope-document"),
    path("assignments/<uuid:assignment_id>/accept", AcceptView.as_view(), name="assignment-accept"),
    path("assignments/<uuid:assignment_id>/decline", DeclineView.as_view(), name="assignment-decline"),
    path("assignments/<uuid:assignment_id>/abort", AbortView.as_view(), name="assignment-abort"),
    path("assignments/<uuid:assignment_id>/draft", DraftView.as_view(), name="assignment-draft"),
    path(
        "submissions/<uuid:submission_id>/evidence/<uuid:evidence_id>",
        EvidenceView.as_view(),
        name="evidence",
    ),
    path(
        "submissions/<uuid:submission_id>/evidence/<uuid:evidence_id>/lost",
        EvidenceLostView.as_view(),
        name="evidence-lost",
    ),
    path(
        "submissions/<uuid:submission_id>/evidence/<uuid:evidence_id>/upload",
        EvidenceUpload.as_view(),
        name="evidence-upload",
    ),
    path("submissions/<uuid:submission_id>/upload", SubmissionUpload.as_view(), name="submission-upload"),
    path("receipts/keys", ReceiptKeysView.as_view(), name="receipt-keys"),
]
