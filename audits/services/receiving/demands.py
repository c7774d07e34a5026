"""What failed answers must carry: a comment or a photo where the standard asks for one."""

import uuid
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from audits.models.compiled import plan_of
from audits.scoring.answers import NOT_APPLICABLE, NOT_ASSESSED, Answers
from audits.scoring.items import NO_GATE, Item
from audits.services.receiving.known import Frozen


class Demand(NamedTuple):
    """An answer key that must carry a comment or a photo where it fails."""

    position: int
    key: str
    item: Item
    comment: bool
    photo: bool


class Demands(NamedTuple):
    """All of them, those with plain limits also as arrays: most of a checklist is judged in one comparison."""

    limited: tuple[Demand, ...]
    positions: np.ndarray
    low: np.ndarray
    high: np.ndarray
    others: tuple[Demand, ...]


@lru_cache(maxsize=512)
def _demands(version_id: uuid.UUID, scope_id: uuid.UUID) -> Demands:
    found = [
        Demand(position, item.key, item, item.standard.comment_on_fail, item.standard.photo_on_fail)
        for position, item in enumerate(plan_of(version_id, scope_id).items)
        if item.standard.comment_on_fail or item.standard.photo_on_fail
    ]
    limited = tuple(demand for demand in found if demand.item.shape == "limit")
    return Demands(
        limited,
        np.array([demand.position for demand in limited], dtype=np.intp),
        np.array([demand.item.low for demand in limited], dtype=np.int64),
        np.array([demand.item.high for demand in limited], dtype=np.int64),
        tuple(demand for demand in found if demand.item.shape != "limit"),
    )


def failed_demands(frozen: Frozen, answers: Answers) -> list[Demand]:
    """The keys that failed and must carry a comment or a photo."""
    demands = _demands(frozen.version_id, frozen.scope_id)
    if not demands.limited and not demands.others:
        return []
    codes = answers.vector()
    assessed = (codes != NOT_ASSESSED) & (codes != NOT_APPLICABLE)
    numbers = codes.astype(np.int64)
    for position, number in answers.wide:
        numbers[position] = number
    given = numbers[demands.positions]
    outside = assessed[demands.positions] & ((given < demands.low) | (given > demands.high))
    failed = [demands.limited[index] for index in np.flatnonzero(outside).tolist()]
    for demand in demands.others:
        if assessed[demand.position] and demand.item.failed(demand.item.points(int(numbers[demand.position]))):
            failed.append(demand)
    return [demand for demand in failed if _is_asked(demand.item, numbers)]


def _is_asked(item: Item, numbers: np.ndarray) -> bool:
    """Whether the answer that this standard depends on is the one it needs."""
    return item.gate == NO_GATE or (item.gate >= 0 and int(numbers[item.gate]) == item.gate_code)
