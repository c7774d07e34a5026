"""What a browser would send: the fields of a page as they stand, with some of them typed over."""

from typing import Any

from django.urls import reverse


def page_of(row: Any, page: str = "change") -> str:
    """The address of a page about a row."""
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=(row.pk,))


def fields_of(response: Any) -> dict[str, Any]:
    """Everything that sending the form of a change page unchanged would send."""
    context = response.context
    sent: dict[str, Any] = _values(context["adminform"].form)
    for wrapped in context.get("inline_admin_formsets", ()):
        formset = wrapped.formset
        sent |= _values(formset.management_form)
        for form in formset.forms:
            sent |= _values(form)
    return sent


def _values(form: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for name in form.fields:
        bound = form[name]
        value = bound.value()
        # An unticked box and an empty choice of many are not sent at all.
        if value is None or value is False or value == []:
            continue
        sent[bound.html_name] = "on" if value is True else value
    return sent


def save(client: Any, address: str, **typed: Any) -> Any:
    """Open a change page, type over some fields, and save."""
    response = client.get(address)
    assert response.status_code == 200
    answer = client.post(address, fields_of(response) | typed)
    if answer.status_code == 200:
        print(faults(answer))
    return answer


def row_prefix(response: Any, row: Any) -> str:
    """The prefix of the fields of one row in the table of a page."""
    for wrapped in response.context["inline_admin_formsets"]:
        for form in wrapped.formset.forms:
            if form.instance.pk == row.pk:
                return str(form.prefix)
    raise LookupError(row)


def told(response: Any) -> list[str]:
    """The messages that a page shows."""
    return [str(message) for message in response.context["messages"]]


def faults(response: Any) -> dict[str, Any]:
    """What the forms of a page have against what was typed."""
    context = response.context
    found = {f"form.{name}": errors for name, errors in context["adminform"].form.errors.items()}
    for wrapped in context.get("inline_admin_formsets", ()):
        for form in wrapped.formset.forms:
            found |= {f"{form.prefix}.{name}": errors for name, errors in form.errors.items()}
    return found
