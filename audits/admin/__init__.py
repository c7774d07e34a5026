"""Pages of programmes, visits, submissions and results: the office's, for it alone knows who audits."""

from audits.admin import machinery, programmes, results, reviews, submissions, visits

__all__ = ["machinery", "programmes", "results", "reviews", "submissions", "visits"]
