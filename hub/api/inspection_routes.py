"""Addresses that ask a department: check, discover, scaffold, preview, and one record on demand. Key: manage."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_openapi3.models.tag import Tag

from connectors.errors import ConnectorError
from connectors.wording import sentence
from hub.api.answers import Answer
from hub.api.connector_models import ConnectorPath
from hub.api.inspection_models import (
    CheckAnswer,
    Discover,
    DiscoverAnswer,
    FetchAnswer,
    FetchOne,
    Guess,
    Look,
    PreviewAnswer,
    ScaffoldAnswer,
)
from hub.api.parameters import NoParameters
from hub.api.ports import Registered, register
from hub.api.problems import ApiProblem
from hub.api.reads import note_read
from hub.api.routes import api, errors
from hub.inspection import answers
from hub.inspection import check as inspection_check
from hub.inspection.discovery import CannotDescribe, discovered
from hub.inspection.line import Line, line_to
from hub.inspection.preview import preview
from hub.inspection.scaffolding import NothingToGuessFrom, from_connector
from hub.inspection.skeleton import NoSuchOperation, operation_of, skeleton
from hub.record.connector_state import Life
from hub.record.entities import DOSSIER
from hub.store.reads import Action
from hub.sync.one import Busy, CannotFetch, fetch_one
from hub.sync.owner import this_process
from hub.sync.source import Source

_ASKING = [Tag(name="asking", description="Looking at a department system; it is asked now. Key: manage.")]


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the department or the connector lacks, as a problem."""
    try:
        yield
    except ConnectorError as error:
        raise ApiProblem(502, "department_failed", f"{name}: {sentence(error)} {error.hint}") from error
    except (CannotDescribe, CannotFetch, NothingToGuessFrom) as error:
        raise ApiProblem(409, "not_able", sentence(error)) from error
    except Busy as error:
        raise ApiProblem(409, "not_now", sentence(error)) from error
    except NoSuchOperation as error:
        raise ApiProblem(404, "operation_not_found", str(error)) from error


@api.post(
    "/connectors/<name>/check",
    tags=_ASKING,
    responses={200: CheckAnswer, **errors(403, 404)},
    operation_id="check_connector",
)
def check_connector(path: ConnectorPath, query: NoParameters) -> Answer:  # noqa: ARG001
    """Whether a connector could be read now: every step that passed, or the one that did not. Stores nothing."""
    return answers.check(path.name, list(inspection_check.check(_line(path.name))))


@api.post(
    "/connectors/<name>/discover",
    tags=_ASKING,
    responses={200: DiscoverAnswer, **errors(403, 404, 409, 502)},
    operation_id="discover_connector",
)
def discover_connector(path: ConnectorPath, body: Discover) -> Answer:
    """What the department's system offers: operations, parameters, fields."""
    with _told(path.name):
        found = discovered(_line(path.name), sample=body.sample)
        operations = found.description.operations
        chosen = [operation_of(found, body.operation)] if body.operation else operations
        answer = answers.discovery(found, chosen)
        if body.as_connector is not None:
            one = operation_of(found, body.operation or (operations[0].name if len(operations) == 1 else ""))
            answer["document"] = skeleton(found, one, body.as_connector)
    return answer


@api.post(
    "/connectors/<name>/scaffold",
    tags=_ASKING,
    responses={200: ScaffoldAnswer, **errors(403, 404, 409, 502)},
    operation_id="scaffold_connector",
)
def scaffold_connector(path: ConnectorPath, body: Guess) -> Answer:
    """A first mapping, guessed from the connector's first records. Stores nothing."""
    found = register().connector(path.name)
    where = getattr(found.connection.settings, "records", None)
    mapping = found.section.mapping
    with _told(path.name):
        made = from_connector(_line_of(found), mapping, register().targets[DOSSIER], records=body.records, where=where)
    return answers.scaffold(mapping, made)


@api.post(
    "/connectors/<name>/preview",
    tags=_ASKING,
    responses={200: PreviewAnswer, **errors(403, 404)},
    operation_id="preview_connector",
)
def preview_connector(path: ConnectorPath, body: Look) -> Answer:
    """What a sync would read: requests, answers, records, dossiers, problems. Stores nothing."""
    found = register().connector(path.name)
    note_read(Action.SOURCE, (), {"connector": path.name, "page": "preview"}, records=body.records)
    return answers.preview(preview(_line_of(found), found.mapping, body.records))


@api.post(
    "/connectors/<name>/fetch",
    tags=_ASKING,
    responses={200: FetchAnswer, **errors(403, 404, 409)},
    operation_id="fetch_record",
)
def fetch_record(path: ConnectorPath, body: FetchOne) -> Answer:
    """Fetch one record now and store it; the bookmark stays where it is."""
    found = _active(path.name)
    line = _line_of(found)
    with _told(path.name):
        source = Source(line.name, line.open, found.readable(), limits=line.limits)
        return answers.fetched(fetch_one(register().database, source, body.key, this_process()))


def _line(name: str) -> Line:
    return _line_of(register().connector(name))


def _line_of(found: Registered) -> Line:
    return line_to(found.section, found.connection)


def _active(name: str) -> Registered:
    found = register().connector(name)
    if found.row is None or found.row.state != Life.ACTIVE:
        state = found.row.state if found.row else Life.DRAFT
        raise ApiProblem(409, "not_now", f"{name} is {state}; only an active connector's records are stored.")
    return found
