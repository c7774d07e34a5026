"""Which standard of an older version a standard stands for, over one step and over several."""

from collections.abc import Mapping, Sequence

from standards.spec.checklist import Checklist

# Code in the newer version → code in the older one; standards that are new are left out.
Was = Mapping[str, str]


def earlier_codes(codes: Sequence[str], code_map: Mapping[str, str]) -> dict[str, str]:
    """What the codes of a version were in the version it was made from: mapped ones as kept, others the same.

    An old code that was given away to a new one is not taken up by a newcomer of the same name.
    """
    given_away = {old for new, old in code_map.items() if new != old and new in codes}
    return {code: code_map.get(code, code) for code in codes if code in code_map or code not in given_away}


def through(checklist: Checklist, code_maps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The same over several versions: `code_maps` of each, from the newest backwards."""
    found = {standard.code: standard.code for standard in checklist.standards}
    for code_map in code_maps:
        step = earlier_codes(list(found.values()), code_map)
        found = {code: step[old] for code, old in found.items() if old in step}
    return found
