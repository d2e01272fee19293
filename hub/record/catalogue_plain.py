"""Entries of the catalogues as plain values again, in the form that `catalogue_reading` reads; nothing for nothing."""

from typing import Any

from hub.record.catalogue import Agency, Alias, Hours, Procedure, Span
from hub.record.catalogue_reading import DAYS


def plain_agency(agency: Agency) -> dict[str, Any]:
    """An agency by the names of its fields."""
    leader = _said(name=agency.leader_name, title=agency.leader_title)
    return _said(
        code=agency.code,
        name=agency.name,
        level=agency.level,
        parent_code=agency.parent_code,
        leader=leader,
        phone=agency.phone,
        email=agency.email,
        address=agency.address,
        **_days(agency.valid),
        aliases=[_alias(alias) for alias in agency.aliases],
        hours=[_hours(hours) for hours in agency.hours],
    )


def plain_procedure(procedure: Procedure) -> dict[str, Any]:
    """A procedure by the names of its fields."""
    return _said(
        code=procedure.code,
        name=procedure.name,
        field_code=procedure.field_code,
        field_name=procedure.field_name,
        agency_code=procedure.agency_code,
        online_level=procedure.online_level,
        term=procedure.term,
        term_unit=procedure.term_unit,
        fee=procedure.fee,
        online_payment=procedure.online_payment,
        supplement_policy=procedure.supplement_policy,
        portal=procedure.portal,
        **_days(procedure.valid),
    )


def weekdays_text(days: tuple[int, ...]) -> str:
    """`mon-fri` of 0 to 4, `mon,wed` of 0 and 2."""
    stretches: list[list[int]] = []
    for day in days:
        if stretches and day == stretches[-1][-1] + 1:
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return ",".join(DAYS[one[0]] if len(one) == 1 else f"{DAYS[one[0]]}-{DAYS[one[-1]]}" for one in stretches)


def _alias(alias: Alias) -> dict[str, Any]:
    return _said(code=alias.code, **_days(alias.valid))


def _hours(hours: Hours) -> dict[str, Any]:
    return {"days": weekdays_text(hours.days), "from": f"{hours.begins:%H:%M}", "to": f"{hours.ends:%H:%M}"}


def _days(span: Span) -> dict[str, Any]:
    first, last = span.first, span.last
    return {"effective_from": first and first.isoformat(), "effective_to": last and last.isoformat()}


def _said(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
