"""The catalogue of problems of visits, submissions and ratings. Codes are never reused."""

from chains.problems import Kind

SUBMISSION_CONFLICT = Kind("submission-conflict", "Another content was delivered under this id before; both are kept.")
SUBMISSION_WITHDRAWN = Kind("submission-withdrawn", "The office has withdrawn this submission.")
SUBMISSION_UNREADABLE = Kind("submission-unreadable", "This cannot be read as a submission; the bytes are kept.")
SUBMISSION_TOO_LARGE = Kind("submission-too-large", "A submission may have 4 MiB at most.")
BODY_INCOMPLETE = Kind("body-incomplete", "Not all bytes arrived, or not those that were announced.", retryable=True)
EVIDENCE_CONFLICT = Kind("evidence-conflict", "Another file was delivered under this id before; both are kept.")
EVIDENCE_TOO_LARGE = Kind("evidence-too-large", "This file is larger than the limit.")
EVIDENCE_TOO_MANY = Kind("evidence-too-many", "A submission may have 400 files at most.")
EVIDENCE_REFUSED = Kind("evidence-refused", "This kind of file is not taken.")
DRAFT_UNREADABLE = Kind("draft-unreadable", "A draft is a JSON object that names its `submission`.")
DRAFT_TOO_LARGE = Kind("draft-too-large", "A draft may have 4 MiB at most.")
DRAFT_CHANGED = Kind("draft-changed", "Another phone saved this draft in between; choose which one goes on.")
DRAFT_UNCONDITIONAL = Kind(
    "draft-unconditional", "Say what you replace: `If-None-Match: *`, or `If-Match` with its tag."
)
DRAFT_TOO_OFTEN = Kind("draft-too-often", "A draft is saved once a minute at most; save it again later.", True)
DRAFT_DELIVERED = Kind("draft-delivered", "The submission of this draft has been delivered.")
QUARANTINE_FULL = Kind("quarantine-full", "Too much is waiting for the office already; keep this and try later.", True)
ASSIGNMENT_STATE = Kind("assignment-state", "This assignment is not in a state that allows this.")
AUDIT_STATE = Kind("audit-state", "This visit is not in a state that allows this.")
PLANNING_REFUSED = Kind("planning-refused", "This visit cannot be planned so.")
ARRANGING_REFUSED = Kind("arranging-refused", "This cannot change any more: results rest on it.")
QUARANTINE_STATE = Kind("quarantine-state", "Somebody has settled this delivery already.")
OVERRIDE_REFUSED = Kind("override-refused", "This override is not possible now.")
REVIEW_REFUSED = Kind("review-refused", "This judgement is not possible now.")
UNKNOWN_PART = Kind("unknown-part", "There is no such section or classification in this series.")
IMPORT_REFUSED = Kind("audit-import-refused", "Some rows were refused; `errors` lists every one.")
