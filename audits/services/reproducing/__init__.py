"""Reproducing: every score and rating made again from what phones sent, and held against what is stored."""

from audits.services.reproducing.differing import Difference
from audits.services.reproducing.ratings import RatingWork, check_ratings, rating_work, supersede
from audits.services.reproducing.scores import check_scores, put_right, score_work

__all__ = [
    "Difference",
    "RatingWork",
    "check_ratings",
    "check_scores",
    "put_right",
    "rating_work",
    "score_work",
    "supersede",
]
