"""Rating: released visits of a branch become the outcome of a period, with everything it came from."""

from audits.services.rating.previewing import Preview, preview
from audits.services.rating.recomputing import Rated, rate_due, rate_places
from audits.services.rating.turning import turn_periods

__all__ = ["Preview", "Rated", "preview", "rate_due", "rate_places", "turn_periods"]
