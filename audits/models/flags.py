"""What is noted on a submission when it arrives: short codes for the office, a few of them told to the phone.

Storing never depends on them; judging does. Codes are never reused.
"""

from typing import Final

UNKNOWN_ASSIGNMENT: Final = "unknown-assignment"
ASSIGNMENT_ENDED: Final = "assignment-ended"
AUDIT_CANCELLED: Final = "audit-cancelled"
ANOTHER_SUBMISSION: Final = "another-submission"
CHECKLIST_UNKNOWN: Final = "checklist-unknown"
CHECKLIST_DIFFERS: Final = "checklist-differs"
SCOPE_UNKNOWN: Final = "scope-unknown"
SCOPE_DIFFERS: Final = "scope-differs"
UNKNOWN_STANDARD: Final = "unknown-standard"
BAD_VALUE: Final = "bad-value"
UNKNOWN_MEMBER: Final = "unknown-member"
COMMENT_MISSING: Final = "comment-missing"
EVIDENCE_MISSING: Final = "evidence-missing"
LATE: Final = "late"
OUTSIDE_WINDOW: Final = "outside-window"
VISITED_ON_UNBELIEVABLE: Final = "visited-on-unbelievable"
REPLACES_UNKNOWN: Final = "replaces-unknown"
CLOCK_SKEWED: Final = "clock-skewed"
ENTRY_TIMES_UNREADABLE: Final = "entry-times-unreadable"
# How it was entered: long after the visit, or many same answers in a row without a moment's thought.
ENTERED_LATE: Final = "entered-late"
SAME_ANSWERS_IN_A_ROW: Final = "same-answers-in-a-row"
# No phone sent it: it comes from a file of past audits.
IMPORTED: Final = "imported"
# The office said which visit it is of.
MATCHED: Final = "matched"

# Said by the door, not found in the bytes: they stay when the bytes are read again.
OF_THE_DOOR: Final = frozenset({IMPORTED, MATCHED})

# On a file: why there is no clean copy of it, or nothing to be had at all.
UNKNOWN_KIND: Final = "unknown-kind"
TOO_MANY_PIXELS: Final = "too-many-pixels"
UNREADABLE_IMAGE: Final = "unreadable-image"
COPY_FAILED: Final = "copy-failed"

# What a person must look at before a visit counts; all others are notes.
BLOCKING: Final = frozenset(
    {
        UNKNOWN_ASSIGNMENT,
        ASSIGNMENT_ENDED,
        AUDIT_CANCELLED,
        CHECKLIST_UNKNOWN,
        CHECKLIST_DIFFERS,
        SCOPE_UNKNOWN,
        SCOPE_DIFFERS,
        UNKNOWN_STANDARD,
        BAD_VALUE,
        COMMENT_MISSING,
        EVIDENCE_MISSING,
        LATE,
        OUTSIDE_WINDOW,
        VISITED_ON_UNBELIEVABLE,
        REPLACES_UNKNOWN,
    }
)

# What could speak against the auditor is for the reviewer only and never told to a phone.
NEVER_TOLD: Final = frozenset(
    {CLOCK_SKEWED, ENTRY_TIMES_UNREADABLE, VISITED_ON_UNBELIEVABLE, ENTERED_LATE, SAME_ANSWERS_IN_A_ROW}
)
