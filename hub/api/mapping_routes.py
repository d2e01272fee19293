"""Addresses that change mappings at run time, and show every version of them."""

from flask_openapi3.models.tag import Tag

from connectors.wording import sentence
from hub.api import signing
from hub.api.answers import Answer
from hub.api.connector_models import (
    ConnectorPut,
    MappingDetail,
    MappingPath,
    MappingVersionPath,
    Rollback,
    VersionPage,
    VersionText,
    Why,
)
from hub.api.documents import NAME, Body, sent, told
from hub.api.parameters import NoParameters
from hub.api.ports import register
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.store.versions import Kind
from mappings.engine.library import UnknownMapping

_MAPPINGS = [Tag(name="mappings", description="How records are read.")]


@api.put(
    "/mappings/<path:name>",
    tags=_MAPPINGS,
    responses={200: ConnectorPut, **errors(400, 403, 409, 412)},
    operation_id="put_mapping",
)
def put_mapping(path: MappingPath, query: Why, raw: Body) -> signing.Told:  # noqa: ARG001
    """Put a mapping into use for the connectors that the hub manages, from their next run on."""
    document = sent()
    with told(document):
        data = document.data
        if isinstance(data, dict) and data.get("mapping") not in (None, path.name):
            said = f"It calls itself {data['mapping']}; put it at /api/v1/mappings/{data['mapping']}."
            raise ApiProblem(422, "invalid_document", said, errors=[{"parameter": "mapping", "message": said}])
        put = register().put_mapping(document.text, NAME, signing.signed(query.reason), expected=signing.expected())
    return signing.put(Kind.MAPPING, put)


@api.get(
    "/mappings/<path:name>",
    tags=_MAPPINGS,
    responses={200: MappingDetail, **errors(404)},
    operation_id="get_mapping",
)
def get_mapping(path: MappingPath, query: NoParameters) -> signing.Told:  # noqa: ARG001
    """The mapping in use for the connectors that the hub manages. The ETag is its version."""
    try:
        found = register().mapping_in_use(path.name)
    except UnknownMapping as error:
        raise ApiProblem(404, "version_not_found", f"{sentence(error)} {error.hint}".strip()) from None
    said = {"name": found.name, "version": found.version, "managed_by": found.managed_by, "document": found.text}
    return said, 200, {"ETag": f'"{found.version or 0}"'}


@api.get(
    "/mappings/<path:name>/versions",
    tags=_MAPPINGS,
    responses={200: VersionPage, **errors(404)},
    operation_id="list_mapping_versions",
)
def list_mapping_versions(path: MappingPath, query: NoParameters) -> Answer:  # noqa: ARG001
    """Every version of a mapping, newest first."""
    return signing.versions_of(Kind.MAPPING, path.name)


@api.get(
    "/mappings/<path:name>/versions/<int:version>",
    tags=_MAPPINGS,
    responses={200: VersionText, **errors(404)},
    operation_id="get_mapping_version",
)
def get_mapping_version(path: MappingVersionPath, query: NoParameters) -> Answer:  # noqa: ARG001
    """One version with its document."""
    return signing.version_text(register().numbered(Kind.MAPPING, path.name, path.version))


@api.post(
    "/mappings/<path:name>/rollback",
    tags=_MAPPINGS,
    responses={200: ConnectorPut, **errors(403, 404, 409)},
    operation_id="roll_back_mapping",
)
def roll_back_mapping(path: MappingPath, body: Rollback) -> signing.Told:
    """Put an old version into use again, as a new version."""
    return signing.put(Kind.MAPPING, signing.rolled_back(Kind.MAPPING, path.name, body))
