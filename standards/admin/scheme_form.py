"""The common shape of a scheme as a form: bands of a weighted mean, a critical cap, a minimum of visits."""

import re
from typing import Any

from django import forms

from chains.problems import Problem
from standards.spec.scheme.common_shape import CommonShape
from standards.spec.scheme.numbers import is_number

_LINE = re.compile(r"(.+?)\s*[:=]?\s+(\S+)")
_KINDS = (
    ("", "All kinds"),
    ("mystery", "Mystery visits only"),
    ("announced", "Announced visits only"),
    ("self_assessment", "Self-assessments only"),
)
_ROUNDINGS = (
    ("none 0", "Not at all: 89.99 stays below 90"),
    ("nearest 0", "To the nearest whole point, halves up"),
    ("nearest 1", "To the nearest tenth"),
    ("up 0", "Up to the next whole point"),
    ("down 0", "Down to the whole point"),
)
_COMBINED = (
    ("mean", "The mean of the visits' figures"),
    ("pooled", "All points earned of all points possible"),
    ("latest", "The newest visit alone"),
    ("max", "The best of the visits"),
    ("carry", "Each part from the newest visit that has it"),
)


class CommonForm(forms.Form):
    """What most schemes ask for. Lists have one line for each entry."""

    bands = forms.CharField(
        label="Levels and where they begin",
        widget=forms.Textarea(attrs={"rows": 5, "cols": 40, "spellcheck": "false"}),
        help_text="Best first, one on each line, the figure last: five stars 90",
    )
    lowest = forms.CharField(label="Lowest level", max_length=60, help_text="For everybody below the last line.")
    parts = forms.CharField(
        label="What is averaged",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 40, "spellcheck": "false"}),
        help_text="One part on each line with its weight: tag.service 75. Parts are whole, section.CODE, class.CODE, "
        "tag.NAME, standard.CODE.",
    )
    rounding = forms.ChoiceField(label="Rounded", choices=_ROUNDINGS)
    needs_all = forms.BooleanField(
        label="All of them must be there",
        required=False,
        help_text="Else those that are there count alone.",
    )
    caps = forms.CharField(
        label="Caps for critical failures",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40, "spellcheck": "false"}),
        help_text="The best level there may be with more critical failures than so many, one cap on each line: "
        "four stars 0. Empty: no cap.",
    )
    kind = forms.ChoiceField(label="Visits that count", choices=_KINDS, required=False)
    combine = forms.ChoiceField(label="Several visits become one by", choices=_COMBINED)
    last = forms.IntegerField(
        label="Only the last", required=False, min_value=1, max_value=1000, help_text="Visits. Empty: all."
    )
    within = forms.IntegerField(
        label="Only the last days",
        required=False,
        min_value=1,
        max_value=3660,
        help_text="To the end of the period. Empty: all.",
    )
    minimum = forms.IntegerField(label="Visits needed to be rated", required=False, min_value=1, max_value=1000)
    below_minimum = forms.CharField(
        label="What fewer visits give", required=False, max_length=60, help_text="Such as: provisional"
    )
    minimum_to_rank = forms.IntegerField(
        label="Visits needed to be ranked", required=False, min_value=1, max_value=1000
    )
    missing = forms.CharField(
        label="What a branch without any of the parts gets",
        required=False,
        max_length=60,
        help_text="Such as: no data. Empty: no level.",
    )

    def clean_bands(self) -> tuple[tuple[str, str], ...]:
        """Levels with their limits, best first."""
        return _pairs(self.cleaned_data["bands"], "five stars 90")

    def clean_parts(self) -> tuple[tuple[str, str], ...]:
        """Parts with their weights."""
        return _pairs(self.cleaned_data["parts"], "tag.service 75", alone="1")

    def clean_caps(self) -> tuple[tuple[str, str], ...]:
        """Levels with the number of critical failures that must be passed."""
        return _pairs(self.cleaned_data["caps"], "four stars 0")

    def shape(self, figure: str) -> CommonShape:
        """What was filled in. Only for a valid form."""
        values = dict(self.cleaned_data)
        rounding, places = values.pop("rounding").split()
        return CommonShape(figure=figure, round=rounding, places=places, **values)

    def blame(self, problem: Problem) -> None:
        """Show faults of the document that came of it beside the fields they come from."""
        for fault in problem.errors:
            self.add_error(_field_of(fault.pointer), fault.detail)


def filled(shape: CommonShape) -> dict[str, Any]:
    """The form's values for a shape."""
    names = ("lowest", "needs_all", "kind", "combine", "last", "within", "minimum", "below_minimum", "missing")
    return {name: getattr(shape, name) for name in (*names, "minimum_to_rank")} | {
        "bands": "\n".join(f"{level} {limit}" for level, limit in shape.bands),
        "caps": "\n".join(f"{level} {count}" for level, count in shape.caps),
        "parts": "\n".join(f"{name} {weight}" for name, weight in shape.parts),
        "rounding": f"{shape.round} {shape.places}",
    }


def fits(shape: CommonShape) -> bool:
    """Whether every value of a shape is among the form's choices."""
    known = dict(_ROUNDINGS), dict(_KINDS), dict(_COMBINED)
    given = f"{shape.round} {shape.places}", shape.kind, shape.combine
    return all(value in choices for value, choices in zip(given, known, strict=True))


def _pairs(text: str, like: str, alone: str | None = None) -> tuple[tuple[str, str], ...]:
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _LINE.fullmatch(line)
        if match and is_number(match[2]):
            found.append((match[1], match[2]))
        elif alone is not None and " " not in line:
            found.append((line, alone))
        else:
            raise forms.ValidationError(f"“{line}” does not end with a number; write it like: {like}")
    return tuple(found)


def _field_of(pointer: str) -> str | None:
    """The field that a place in the document comes from."""
    for start, field in (
        ("/values", "parts"),
        ("/decide/else", "lowest"),
        ("/decide/missing", "missing"),
        ("/decide", "bands"),
        ("/levels", "bands"),
        ("/adjust", "caps"),
        ("/visits/minimum_to_rank", "minimum_to_rank"),
        ("/visits/minimum", "minimum"),
        ("/visits/below_minimum", "below_minimum"),
        ("/visits/last", "last"),
        ("/visits/within", "within"),
    ):
        if pointer.startswith(start):
            return field
    return None
