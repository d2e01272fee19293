"""Addresses of the catalogues: agencies and procedures on a day, codes that they lack, services served twice."""

from datetime import date
from typing import Any

from flask_openapi3.models.tag import Tag

from hub.api import catalogue_answers, ports
from hub.api.answers import Answer
from hub.api.catalogue_models import (
    AgencyAnswer,
    AgencyPage,
    CodePath,
    DuplicateServiceReport,
    OnDay,
    ProcedureAnswer,
    ProcedurePage,
    UnknownCodePage,
)
from hub.api.parameters import NoParameters
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.record.catalogue import Found
from hub.record.moments import today
from hub.store import catalogue, codes_seen
from hub.store.catalogue import AGENCIES, PROCEDURES, Kind

_CATALOGUES = [Tag(name="catalogues", description="Agencies and procedures, each as it is on a day.")]
_REPORTS = [Tag(name="reports", description="Findings over the whole record.")]


@api.get("/agencies", tags=_CATALOGUES, responses={200: AgencyPage}, operation_id="list_agencies")
def list_agencies(query: OnDay) -> Answer:
    """The agencies in force on a day."""
    return _in_force(AGENCIES, query.on or today())


@api.get(
    "/agencies/<path:code>",
    tags=_CATALOGUES,
    responses={200: AgencyAnswer, **errors(404, 409)},
    operation_id="get_agency",
)
def get_agency(path: CodePath, query: OnDay) -> Answer:
    """The agency whose code, or alias, this is on a day."""
    day = query.on or today()
    with ports.database().read() as connection:
        return _the_one("agency", path.code, day, catalogue.find_agency_on(connection, path.code, day))


@api.get("/procedures", tags=_CATALOGUES, responses={200: ProcedurePage}, operation_id="list_procedures")
def list_procedures(query: OnDay) -> Answer:
    """The procedures in force on a day."""
    return _in_force(PROCEDURES, query.on or today())


@api.get(
    "/procedures/<path:code>",
    tags=_CATALOGUES,
    responses={200: ProcedureAnswer, **errors(404, 409)},
    operation_id="get_procedure",
)
def get_procedure(path: CodePath, query: OnDay) -> Answer:
    """A procedure on a day; a local form of a code finds the national entry."""
    day = query.on or today()
    with ports.database().read() as connection:
        return _the_one("procedure", path.code, day, catalogue.find_procedure_on(connection, path.code, day))


@api.get("/unknown-codes", tags=_CATALOGUES, responses={200: UnknownCodePage}, operation_id="list_unknown_codes")
def list_unknown_codes(query: NoParameters) -> Answer:  # noqa: ARG001
    """Codes that records name and the catalogues lack."""
    with ports.database().read() as connection:
        return {"items": [catalogue_answers.unknown_code(one) for one in codes_seen.unknown(connection)]}


@api.get(
    "/reports/duplicate-services",
    tags=_REPORTS,
    responses={200: DuplicateServiceReport},
    operation_id="report_duplicate_services",
)
def report_duplicate_services(query: NoParameters) -> Answer:  # noqa: ARG001
    """Procedures that several systems or portals serve: the finding of the one-portal rule."""
    with ports.database().read() as connection:
        found = codes_seen.duplicate_services(connection, today())
    return {"items": [catalogue_answers.service(one) for one in found]}


def _in_force(kind: Kind[Any], day: date) -> Answer:
    with ports.database().read() as connection:
        found = catalogue.entries(connection, kind)
    return {"items": [catalogue_answers.entry(one) for one in found if day in one.valid]}


def _the_one(kind: str, code: str, day: date, found: Found[Any]) -> Answer:
    if found.entry is not None:
        return catalogue_answers.entry(found.entry)
    if found.rivals:
        names = ", ".join(f"{one.code} ({one.name})" for one in found.rivals)
        raise ApiProblem(409, "claimed_twice", f"On {day} {code} is claimed by several: {names}.")
    detail = f"The catalogue has no {kind} {code}."
    if found.elsewhen:
        then = ", ".join(f"{entry.code} ({entry.name}) {span}" for entry, span in found.elsewhen)
        detail = f"{code} is not valid on {day}; it finds {then}. Ask with ?on=."
    raise ApiProblem(404, f"{kind}_not_found", detail)
