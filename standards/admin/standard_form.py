"""The form of one standard: what a kind of answer needs is typed as in a cell of an import file."""

from typing import Any

from django import forms

from standards.admin.drafts import RefusableForm
from standards.admin.sections import KnownOrOther
from standards.models.values import COLUMNS, RULE_KEYS
from standards.services.exchange import cells
from standards.services.exchange.assembly import AMOUNTS, read_value
from standards.spec.checklist import TAGS

CELLS = ("facilities", "only_if", "ladder", "options")
RULE_AMOUNTS = tuple(name for name in AMOUNTS if name != "weight")
HELP = {
    "facilities": "Asked only where all of these are: spa; pool",
    "only_if": "Asked only if an earlier standard was answered so: ARR-004=met",
    "unit": "Of a measure: s, min, h, rings, degC …",
    "unit_decimals": "Places after the point in what is measured.",
    "at_most": "Met up to this value.",
    "at_least": "Met from this value on.",
    "ladder": "Steps instead of one limit; the first that fits counts: <=60:2; <=120:1",
    "options": "Of a choice, one to a line: warm|Warm and personal|2",
    "per_unit": "Of a count: points for each.",
    "cap": "Of a count: the most points.",
    "max": "Of points: the most that can be given.",
    "pass_at": "Fewer points count as failed; default: half of the best.",
}


class StandardForm(RefusableForm):
    """Everything a standard says."""

    wording = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3, "cols": 90}))
    guidance = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4, "cols": 90}))
    classification = KnownOrOther(required=False)
    tags = forms.MultipleChoiceField(
        required=False, choices=[(tag, tag.capitalize()) for tag in TAGS], widget=forms.CheckboxSelectMultiple
    )
    facilities = forms.CharField(required=False)
    only_if = forms.CharField(required=False, label="Only if")
    unit = forms.CharField(required=False, max_length=20)
    unit_decimals = forms.IntegerField(required=False, min_value=0, max_value=6)
    at_most = forms.CharField(required=False, max_length=20)
    at_least = forms.CharField(required=False, max_length=20)
    ladder = forms.CharField(required=False)
    options = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4, "cols": 60}))
    per_unit = forms.CharField(required=False, max_length=20)
    cap = forms.CharField(required=False, max_length=20)
    max = forms.CharField(required=False, max_length=20)
    pass_at = forms.CharField(required=False, max_length=20)

    class Meta:
        fields = [
            "section", "code", "wording", "guidance", "classification", "kind", "channel", "weight", "severity",
            "objective", "na", "comment_on_fail", "photo_on_fail", "bonus", "tags",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance")
        if row is not None and not row._state.adding:
            kwargs["initial"] = cells_of(row) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name, text in HELP.items():
            if name in self.fields:
                self.fields[name].help_text = text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in (*CELLS, *RULE_AMOUNTS, "weight"):
            text = cleaned.get(name)
            if text in (None, ""):
                continue
            if name == "options":
                text = "; ".join(line for line in str(text).splitlines() if line.strip())
            try:
                cleaned[name] = read_value(name, text)
            except ValueError as error:
                self.add_error(name, str(error))
        for name in ("wording", "guidance"):
            if cleaned.get(name):
                cleaned[name] = read_value(name, cleaned[name])
        return cleaned

    def row_fields(self) -> dict[str, Any]:
        """The cleaned values as the fields of a row."""
        cleaned = self.cleaned_data
        rule = {name: cleaned[name] for name in RULE_KEYS if cleaned.get(name)}
        plain = {name: cleaned[name] for name in COLUMNS if name in cleaned}
        return plain | {
            "tags": list(cleaned.get("tags") or ()),
            "facilities": list(cleaned.get("facilities") or ()),
            "only_if": cleaned.get("only_if") or None,
            "rule": rule,
        }


def cells_of(row: Any) -> dict[str, Any]:
    """What a row holds in structured columns, as the text of cells."""
    rule = row.rule or {}
    told: dict[str, Any] = {name: rule.get(name, "") for name in (*RULE_AMOUNTS, "unit", "unit_decimals")}
    told["facilities"] = cells.list_cell(row.facilities)
    told["only_if"] = f"{row.only_if.get('code', '')}={row.only_if.get('is', '')}" if row.only_if else ""
    told["ladder"] = cells.ladder_cell(
        (step.get("at_most", ""), step.get("at_least", ""), step["points"]) for step in rule.get("ladder", ())
    )
    told["options"] = "\n".join(
        cells.table_cell([(one["code"], one["label"], one["points"])]) for one in rule.get("options", ())
    )
    return told
