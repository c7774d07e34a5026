"""The rating scheme language: read a document, list its faults, digest it, find the rules of a day.

`parse_scheme(text)` or `scheme_from_tree(tree)` give a SchemeDocument; `document.on(day)` the Scheme in force.
"""

from standards.spec.scheme.canonical import canonical_tree, digest_of
from standards.spec.scheme.direction import directions_of
from standards.spec.scheme.document import Scheme, SchemeDocument
from standards.spec.scheme.faults import Fault, FaultyScheme
from standards.spec.scheme.parse import faults_of, parse_scheme, scheme_from_tree

# The name used where a stored, already published document is read back.
read_scheme = parse_scheme

__all__ = [
    "Fault",
    "FaultyScheme",
    "Scheme",
    "SchemeDocument",
    "canonical_tree",
    "digest_of",
    "directions_of",
    "faults_of",
    "parse_scheme",
    "read_scheme",
    "scheme_from_tree",
]
