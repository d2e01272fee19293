"""What a system offers: by its own description, or by a first answer where it has none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from connectors.contract import Description, Discovers, Field, Operation
from connectors.errors import Changed, Refused
from connectors.registry import BrokenType, Registry
from connectors.scrub import plain_address
from hub.inspection.line import Line, first_records
from hub.inspection.payload import ask, likely_place, read_file, read_payload, records_at
from hub.inspection.samples import fields_of
from mappings.scaffold.personal import is_secret, shown

_REGISTER_IT = (
    "Register a connector that says `auth` first, with FILL_IN for what you do not know yet (docs/departments.md shows "
    "it); then `hub discover NAME` asks with its credentials."
)
ANSWER = "answer"  # in place of an operation's name: what an address or a file answers by itself


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, and which connector type speaks like that."""

    type: str
    place: str
    description: Description
    sample: Sequence[Field] = ()  # one record's fields, where one was read


class CannotDescribe(Exception):
    """A connector of this type has no way to say what its system offers."""


def discovered(line: Line, *, sample: bool) -> Discovery:
    """Ask a connector's system what it offers; with `sample` read one record as well.

    Raises:
        CannotDescribe: it cannot say, and no record is to be read.
        ConnectorError: it does not answer as it should.
    """
    with line.opened() as connector:
        able = isinstance(connector, Discovers)
        if not able and not sample:
            raise CannotDescribe(
                f"{line.name}: a connector of type {line.type} cannot say what its system offers; "
                "--sample reads one record and shows its fields"
            )
        description = connector.discover() if isinstance(connector, Discovers) else Description(())
        records = [record.value for record in first_records(connector, 1)] if sample else []
    return Discovery(line.type, line.place, _showable(description), fields_of(records))


def described(place: str, registry: Registry) -> Discovery:
    """What stands at a file, a folder or an address: whichever type knows it for its own, else as a first answer.

    Raises:
        ConnectorError: nothing there can be used; its sentence says why.
    """
    if "@" in re.split("[/?#]", place.partition("://")[2], maxsplit=1)[0]:
        raise Changed(
            "the address holds a user or a password, which would be shown and kept where it does not belong",
            code="not_described",
            hint=_REGISTER_IT,
        )
    if "://" not in place and not Path(place).exists():
        raise Changed(
            f"there is neither a connector nor a file or folder called {place}",
            code="not_described",
            hint="`hub connectors` lists the connectors; an address begins with http:// or https://.",
        )
    try:
        return _known_by_a_type(place, registry) or _first_answer(place)
    except Refused as error:
        raise Refused(str(error), code=error.code, hint=_REGISTER_IT) from None


def _known_by_a_type(place: str, registry: Registry) -> Discovery | None:
    for name in registry.names():
        try:
            describe = registry.type(name).describe
        except BrokenType:
            continue  # whoever wants that type is told; this place may be another's
        found = describe(place) if describe else None
        if found is not None:
            return Discovery(name, shown_place(place), _showable(found))
    return None


def shown_place(place: str) -> str:
    """A place that may be shown: an address may hold a password, or a token among its parameters."""
    parts = urlsplit(place)
    if parts.scheme not in ("http", "https"):
        return place
    names = [pair.partition("=")[0] for pair in parts.query.split("&")]
    kept = [pair for pair, name in zip(parts.query.split("&"), names, strict=True) if not is_secret(name)]
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="&".join(kept)).geturl()


def _showable(description: Description) -> Description:
    """Without secrets and personal data in the samples that a description gives."""
    operations = [
        replace(one, parameters=_blanked(one.parameters), answer=_blanked(one.answer)) for one in description.operations
    ]
    return replace(description, operations=operations)


def _blanked(fields: Sequence[Field]) -> Sequence[Field]:
    return [
        field if field.sample is None else replace(field, sample=shown(tuple(field.path.split(".")), field.sample))
        for field in fields
    ]


def _first_answer(place: str) -> Discovery:
    if "://" in place:
        answer = ask(place)
        value = read_payload(answer.body, answer.address, answer.charset)
        method, address, style = "GET ", plain_address(place), answer.media_type
    elif Path(place).is_dir():
        raise Changed(
            f"no file in the folder {place} is a description that any connector type knows",
            code="not_described",
            hint="A WSDL or an OpenAPI document is wanted, with all files that it imports beside it.",
        )
    else:
        value, method, address, style = read_file(Path(place)), "", place, "a file"
    asked = parse_qsl(urlsplit(place).query, keep_blank_values=True)
    parameters = [Field(name, "text", about="in the query.", sample=shown((name,), text)) for name, text in asked]
    where = likely_place(value)
    problem = "it is an answer, not a description: fields that it happens not to have are not shown"
    records = f"records at `{where}`" if where else "a list of records" if where == "" else "one record"
    operation = Operation(
        name=ANSWER,
        place=method + address,
        style=f"{style}, {records}",
        parameters=parameters,
        answer=fields_of([value] if where is None or where else records_at(value, where, place)),
    )
    return Discovery("rest", shown_place(place), Description([operation], [problem]))
