"""Pages of programmes, visits, submissions and results: the office's, for it alone knows who audits."""

from audits.admin import evidence, machinery, programmes, reports, results, reviews, submissions, visits

__all__ = ["evidence", "machinery", "programmes", "reports", "results", "reviews", "submissions", "visits"]
