"""The values of a dossier as a grant shows them: without what is hidden, and with what is masked in a form that tells
nobody whose it is. Only what is a field of ours is shown: a value that nothing here describes is left out.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS
from hub.record.grant import Grant, Group, Sight
from hub.record.merge import Values
from hub.view import forms

Names: TypeAlias = frozenset[str]
Rule: TypeAlias = Callable[[Any], Any] | None  # None: shown as it is; one that gives None leaves the value out
_Sights: TypeAlias = tuple[tuple[Group, Sight], ...]
_Rules: TypeAlias = Mapping[str, Rule]

LISTS: Final = tuple(name for name in LIST_FIELDS if "." not in name and name != "events")
GROUPS: Final = tuple(dict.fromkeys(name.partition(".")[0] for name in DOSSIER_FIELDS if "." in name))
EXTRA: Final = "extra"
SINGLY: Final = frozenset(LISTS) | {EXTRA}  # what is shown of one dossier at a time, or where it is asked for
HIDDEN: Final = object()

# How a field looks that is masked; None: as it is. Another field says only that there is something. A column of a list
# that does not stand here is left out: what was handed in or paid for, and when, is all that is left of the list.
_FORMS: dict[str, Rule] = {
    "applicant.name": forms.initials,
    "applicant.id_kind": None,
    "applicant.id_number": forms.last_three,
    "applicant.paper_number": forms.last_three,
    "applicant.tax_code": forms.last_three,
    "applicant.portal_id": forms.last_three,
    "applicant.birth_date": forms.year,
    "applicant.phone": forms.last_three,
    "applicant.fax": forms.last_three,
    "applicant.email": forms.mailbox,
    "applicant.address": forms.last_part,
    "officer": forms.initials,
    **dict.fromkeys(("supplements.requested_by", "supplements.received_by"), forms.initials),
    **dict.fromkeys(f"documents.{name}" for name in ("name", "code", "deleted", "digitised", "reuse")),
    **dict.fromkeys(f"papers.{name}" for name in ("name", "code", "quantity", "kind")),
    **dict.fromkeys(f"supplements.papers.{name}" for name in ("name", "code", "quantity", "kind")),
    **dict.fromkeys(f"fees.{name}" for name in ("name", "code", "kind", "collected", "paid")),
    **dict.fromkeys(f"supplements.fees.{name}" for name in ("name", "code", "kind", "collected", "paid")),
    **dict.fromkeys(f"supplements.{name}" for name in ("requested_at", "received_at", "due_before", "due_after")),
    **dict.fromkeys(f"results.{name}" for name in ("name", "code", "kind")),
    "databases.code": None,
}


def seen(values: Values, grant: Grant) -> Values:
    """All values of a dossier, trimmed and masked."""
    return trimmer(grant, None)(values)


def trimmer(grant: Grant, names: Names | None) -> Callable[[Values], Values]:
    """What trims and masks values for a grant; given `names`, it keeps those alone: dotted, or what stands before."""
    return _trimmer(_sights(grant), names)


def value_seen(name: str, value: Any, grant: Grant) -> Any:
    """One value by its dotted name, or a list by its own, as `seen` shows it; `HIDDEN` where it does not."""
    rule = _rule_of(_sights(grant), name)
    if rule is _left_out:
        return HIDDEN
    return value if rule is None or value is None else rule(value)


@lru_cache(maxsize=1024)
def _trimmer(sights: _Sights, names: Names | None) -> Callable[[Values], Values]:
    grant = Grant(sights=dict(sights))
    tops = dict.fromkeys([*(name.partition(".")[0] for name in DOSSIER_FIELDS), *LISTS, EXTRA])
    rules = _without(_left_out, {name: _top(name, grant, names) for name in tops})
    return lambda values: _shown(rules, values)


@lru_cache(maxsize=4096)
def _rule_of(sights: _Sights, name: str) -> Rule:
    grant = Grant(sights=dict(sights))
    if name in DOSSIER_FIELDS:
        return _leaf(name, grant)
    if name in LISTS or name == EXTRA:
        return _top(name, grant, None)
    return _leaf(name, grant) if name.startswith(f"{EXTRA}.") else _left_out


def _top(name: str, grant: Grant, names: Names | None) -> Rule:
    if name in LISTS:
        return _list(name, grant, names)
    if name == EXTRA:
        return _facts(grant, names)
    if name in GROUPS:
        return _group(name, grant, names)
    return _leaf(name, grant) if names is None or name in names else _left_out


def _leaf(name: str, grant: Grant) -> Rule:
    match grant.sight(name):
        case Sight.FULL:
            return None
        case Sight.MASKED:
            return _FORMS.get(name, forms.withheld)
    return _left_out


def _group(name: str, grant: Grant, names: Names | None) -> Rule:
    """Fields under one name."""
    fields = [field for field in DOSSIER_FIELDS if field.startswith(f"{name}.")]
    chosen = [field for field in fields if names is None or name in names or field in names]
    rules = _without(_left_out, {field.removeprefix(f"{name}."): _leaf(field, grant) for field in chosen})
    return _each(rules, whole=len(rules) == len(fields))


def _list(name: str, grant: Grant, names: Names | None) -> Rule:
    """Rows of columns and of lists within."""
    if grant.sight(name) is Sight.HIDDEN:
        return _left_out
    within = names if names is not None and name not in names else None
    rules: dict[str, Rule] = {}
    for column in LIST_FIELDS[name]:
        full = f"{name}.{column}"
        if within is None or full in within:
            masked_away = grant.sight(full) is Sight.MASKED and full not in _FORMS
            rules[column] = _left_out if masked_away else _leaf(full, grant)
    for full in LIST_FIELDS:
        if full.startswith(f"{name}."):
            rules[full.removeprefix(f"{name}.")] = _list(full, grant, within)
    kept = _without(_left_out, rules)
    row = _each(kept, whole=len(kept) == len(rules) and within is None)
    if row is None or row is _left_out:
        return row
    return lambda rows: [_shown(kept, each) for each in rows]


def _facts(grant: Grant, names: Names | None) -> Rule:
    """Facts of the source that have no field of ours."""
    rule = _leaf(EXTRA, grant)
    only = None if names is None or EXTRA in names else {each.removeprefix(f"{EXTRA}.") for each in names}
    if rule is _left_out or (only is None and rule is None):
        return rule

    def facts(values: Mapping[str, Any]) -> Any:
        chosen = {name: value for name, value in values.items() if only is None or name in only}
        return (dict.fromkeys(chosen, forms.WITHHELD) if rule else chosen) or None

    return facts


def _each(rules: _Rules, *, whole: bool) -> Rule:
    """How something is shown of which these parts are; `whole`: there is no other part."""
    if not rules:
        return _left_out
    if whole and all(rule is None for rule in rules.values()):
        return None
    return lambda values: _shown(rules, values) or None


def _shown(rules: _Rules, values: Values) -> Values:
    made = {}
    for name, value in values.items():
        if name in rules:
            rule = rules[name]
            shown = value if rule is None else rule(value)
            if shown is not None:
                made[name] = shown
    return made


def _without(left_out: Rule, rules: _Rules) -> _Rules:
    return {name: rule for name, rule in rules.items() if rule is not left_out}


def _left_out(_: Any) -> None:
    """The rule of what is not shown, or was not asked for."""


def _sights(grant: Grant) -> _Sights:
    return tuple(grant.sights.items())
