"""Pages of programmes, visits, submissions and results: the office's, for it alone knows who audits.

Rehearsals alone are the chain's: they are begun by whoever writes its standards.
"""

from audits.admin import (
    evidence,
    machinery,
    people,
    programmes,
    rehearsals,
    reports,
    results,
    reviews,
    submissions,
    visits,
)

__all__ = [
    "evidence",
    "machinery",
    "people",
    "programmes",
    "rehearsals",
    "reports",
    "results",
    "reviews",
    "submissions",
    "visits",
]
