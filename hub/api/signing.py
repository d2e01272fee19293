"""What the addresses that change something share: who does it, which version it is meant for, and what is answered."""

from datetime import UTC, datetime
from typing import TypeAlias

from flask import g, request
from flask.typing import ResponseReturnValue

from connectors.wording import sentence
from hub.api.answers import Answer
from hub.api.connector_models import Rollback
from hub.api.ports import register
from hub.api.problems import ApiProblem, answer
from hub.api.routes import api
from hub.record.connector_state import Move, NotThatMove
from hub.record.signature import Signature
from hub.store import versions
from hub.store.registrations import ManagedElsewhere, Put, Unregistered
from hub.store.secrets import SecretsLocked, StillUsed
from hub.store.versions import HUB, Kind, NoSuchVersion, Outdated, VersionRow
from mappings.engine.yaml_source import Invalid

Told: TypeAlias = tuple[Answer, int, dict[str, str]]  # body, status, headers
_PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    Unregistered: (404, "connector_not_found"),
    NoSuchVersion: (404, "version_not_found"),
    NotThatMove: (409, "not_now"),
    ManagedElsewhere: (409, "managed_elsewhere"),
    StillUsed: (409, "secret_in_use"),
    Outdated: (412, "changed_meanwhile"),
    SecretsLocked: (503, "secrets_locked"),
    Invalid: (422, "invalid_document"),  # of a version that is kept: what was sent is told place by place
}


def _as_problem(error: Exception) -> ResponseReturnValue:
    status, code = _PROBLEMS[type(error)]
    return answer(ApiProblem(status, code, sentence(error)))


for _kind in _PROBLEMS:
    api.register_error_handler(_kind, _as_problem)


def signed(reason: str) -> Signature:
    """The holder of the key, and why."""
    return Signature(g.key.name, reason.replace("\0", "").strip(), datetime.now(UTC))


def expected() -> int | None:
    """The version that a change is meant for (`If-Match`); None where it does not say."""
    tag = request.headers.get("If-Match", "*").strip().removeprefix("W/").strip('"')
    if tag == "*":
        return None
    if not tag.isdecimal():
        raise ApiProblem(
            412, "changed_meanwhile", f"If-Match names no version: {tag}. Send the ETag that was answered."
        )
    return int(tag)


def move(name: str, wanted: Move, reason: str) -> Answer:
    """Make a move."""
    moved = register().move(name, wanted, signed(reason))
    return {"name": name, "before": moved.before, "state": moved.after, "note": moved.note}


def rolled_back(kind: Kind, name: str, wanted: Rollback) -> Put:
    """Put an old version into use again."""
    return register().rollback(kind, name, wanted.version, signed(wanted.reason))


def put(kind: Kind, done: Put) -> Told:
    """What became of a document; the ETag is the version in use now."""
    with register().database.read() as connection:
        used = versions.in_use(connection, kind, done.name, HUB)
    number = used.version if used else 0
    state = {} if done.state is None else {"state": done.state}
    said = {"name": done.name, "changed": done.version is not None, "version": number, **state, "note": done.note}
    return said, 200, {"ETag": f'"{number}"'}


def versions_of(kind: Kind, name: str) -> Answer:
    """Every version of a document."""
    found = versions.listed(register().database, kind, name)
    if not found:
        raise ApiProblem(404, "version_not_found", f"The hub keeps no {kind} {name}.")
    return {"items": [version(row) for row in found]}


def version(row: VersionRow) -> Answer:
    """A version without its document."""
    return {name: getattr(row, name) for name in ("version", "managed_by", "author", "reason", "created_at")}


def version_text(row: VersionRow) -> Answer:
    """A version with its document."""
    return version(row) | {"document": row.text}
