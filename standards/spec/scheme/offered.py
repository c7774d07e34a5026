"""What a location's score offers to a scheme; a name that is none of these is a slip of the pen."""

PARTS = (
    "whole",
    "section.*",
    "class.*",
    "tag.*",
    "standard.*",
    "critical_failed",
    "coverage",
    "kind",
    "findings",
)
