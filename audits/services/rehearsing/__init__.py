"""Rehearsing: past visits replayed against a draft and a scheme, before anything is published."""

from audits.services.rehearsing.asking import KIND, start
from audits.services.rehearsing.running import run

__all__ = ["KIND", "run", "start"]
