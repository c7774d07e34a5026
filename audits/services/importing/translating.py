"""What past answers mean on a checklist: words and numbers as people wrote them become what a phone would have sent."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from audits.scoring.vector import BadAmendment, Layout, read_token
from audits.services.importing.reading import PastAnswer, PastAudit, Refusal
from standards.spec.checklist import Standard
from standards.spec.scope import split_key

YES = frozenset({"met", "yes", "y", "true", "1", "pass", "passed", "ok"})
NO = frozenset({"not_met", "not met", "no", "n", "false", "0", "fail", "failed"})
NOT_APPLICABLE = frozenset({"na", "n/a", "n.a.", "not applicable", "not_applicable"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}([.,][0-9]{1,6})?")


@dataclass
class Translated:
    """One past audit as a phone would have sent it, and the lines that could not be translated."""

    past: PastAudit
    answers: dict[str, str | int] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)


def translate(past: PastAudit, layout: Layout) -> Translated:
    """The answers of one past audit on a layout.

    Several findings of the same standard are summed; any other standard answered twice refuses the second line. An
    empty answer is "not assessed".
    """
    done = Translated(past)
    keys = _keys_by_code(layout)
    for one in past.answers:
        try:
            key = _key(one.code, layout, keys)
            _add(done, key, one, layout)
        except BadAmendment as error:
            done.refused.append(Refusal(one.line, past.name, error.fault.detail))
        except ValueError as error:
            done.refused.append(Refusal(one.line, past.name, str(error)))
    return done


def _add(done: Translated, key: str, one: PastAnswer, layout: Layout) -> None:
    standard = layout.standards[layout.index(key)]
    if one.answer:
        token = read_token(layout, key, _word(standard, one.answer))
        if key in done.answers:
            token = _together(standard, done.answers[key], token)
        if token is not None:
            done.answers[key] = token
    if one.comment:
        before = done.comments.get(key)
        done.comments[key] = f"{before}\n{one.comment}" if before else one.comment


def _together(standard: Standard, before: str | int, token: str | int | None) -> int:
    if standard.kind == "finding" and isinstance(before, int) and isinstance(token, int):
        return before + token
    raise ValueError(f"{standard.code} was answered before in this audit.")


def _word(standard: Standard, text: str) -> str:
    """The answer as the phone's word for it, still as text; what is unknown stays as it is, to be refused by name."""
    plain = text.strip().lower()
    if plain in NOT_APPLICABLE:
        return "na"
    if standard.kind == "met":
        return "met" if plain in YES else "not_met" if plain in NO else text
    if standard.kind == "choice":
        labels = {option.label.strip().lower(): option.code for option in standard.options}
        codes = {option.code.lower(): option.code for option in standard.options}
        return codes.get(plain) or labels.get(plain) or text
    return _scaled(standard, plain)


def _scaled(standard: Standard, text: str) -> str:
    """A number in the standard's unit ("4.5") as the integer of its decimals ("45")."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{standard.code} takes a number; the file says {text[:40]!r}.")
    number = Decimal(text.replace(",", ".")).scaleb(standard.unit_decimals)
    if number != number.to_integral_value():
        raise ValueError(f"{standard.code} takes at most {standard.unit_decimals} decimals; the file says {text!r}.")
    return str(int(number))


def _keys_by_code(layout: Layout) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key in layout.keys:
        found[split_key(key)[0]].append(key)
    return found


def _key(code: str, layout: Layout, keys: Mapping[str, list[str]]) -> str:
    """The answer key of a code: itself, or the only instance of a repeated section."""
    if code in layout.slots:
        return code
    instances = keys.get(code, [])
    if len(instances) == 1:
        return instances[0]
    if instances:
        raise ValueError(f"{code} is asked {len(instances)} times here; write one of {', '.join(instances[:4])}.")
    if code in layout.known:
        raise ValueError(f"{code} is not asked at this branch.")
    raise ValueError(f"{code[:60]} is not a standard of this checklist.")
