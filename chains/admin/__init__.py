"""Pages of places, people, phones and jobs."""

from chains.admin import jobs, people, phones, places

__all__ = ["jobs", "people", "phones", "places"]
