"""Tables of rows inside a page: as many rows as one likes cost the database no more than one does."""

from typing import Any, cast

from adminsortable2.admin import CustomInlineFormSet
from django import forms

from standards.admin.drafts import RefusableForm


class RowForm(RefusableForm):
    """One row; what stands against it in the database is asked once, by the service, for all of them."""


class KnownRow(forms.ModelChoiceField):
    """The row that a line of the table stands for, looked for among those the page shows instead of asked for."""

    def __init__(self, *args: Any, rows: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self.rows[str(value)]
        except KeyError:
            message = self.error_messages["invalid_choice"]
            raise forms.ValidationError(message, code="invalid_choice", params={"value": value}) from None


class RowFormSet(CustomInlineFormSet):  # type: ignore[misc]
    """The rows of one page."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        name = self._pk_field.name
        asked = cast("forms.ModelChoiceField[Any]", form.fields[name])
        form.fields[name] = KnownRow(
            asked.queryset, rows=self._known(), initial=asked.initial, required=False, widget=asked.widget
        )

    def _known(self) -> dict[str, Any]:
        if not hasattr(self, "_rows_by_key"):
            self._rows_by_key = {str(row.pk): row for row in self.get_queryset()}
        return self._rows_by_key
