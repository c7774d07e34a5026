"""Planning: visits are made with the version and scope they will be scored with for ever, given to auditors, ended.

Every move from one state to the next is one conditional UPDATE: whoever comes second is told, and nothing is undone.
Locks are taken in one order everywhere: visits, then assignments.
"""

from audits.services.planning.duties import (
    Duty,
    abort,
    accept,
    assign,
    assign_many,
    decline,
    recognised_pairs,
    withdraw,
)
from audits.services.planning.manifest import manifest_of, work_of
from audits.services.planning.visits import Visit, cancel, in_business, mark_missed, plan, plan_many

__all__ = [
    "Duty",
    "Visit",
    "abort",
    "accept",
    "assign",
    "assign_many",
    "cancel",
    "decline",
    "in_business",
    "manifest_of",
    "mark_missed",
    "plan",
    "plan_many",
    "recognised_pairs",
    "withdraw",
    "work_of",
]
