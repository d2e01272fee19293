"""Headers in the OpenAPI document: those that answers carry, and those that an operation listens to."""

from typing import Any

_TEXT, _NUMBER = {"type": "string"}, {"type": "integer", "minimum": 0}
_CONDITIONAL = frozenset({"list_dossiers", "get_dossier", "count_dossiers", "get_export_file"})
_VERSIONED = frozenset(
    {"get_connector", "put_connector", "roll_back_connector", "get_mapping", "put_mapping", "roll_back_mapping"}
)
_QUOTA = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit", "RateLimit-Policy")
_FILE = ("Accept-Ranges", "Content-Disposition", "Repr-Digest")

COMPONENTS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {"description": "the number of this answer; name it when you ask about it", "schema": _TEXT},
    "RateLimit-Limit": {"description": "requests in the window that counts now", "schema": _NUMBER},
    "RateLimit-Remaining": {"description": "how many of them are left", "schema": _NUMBER},
    "RateLimit-Reset": {"description": "seconds until that window ends", "schema": _NUMBER},
    "RateLimit": {"description": 'every window: `"minute";r=LEFT;t=SECONDS`', "schema": _TEXT},
    "RateLimit-Policy": {"description": 'every window: `"minute";q=REQUESTS;w=SECONDS`', "schema": _TEXT},
    "Retry-After": {"description": "seconds to wait before it is worth trying again", "schema": _NUMBER},
    "WWW-Authenticate": {
        "description": "how to show a key, and what is wrong with yours",
        "schema": _TEXT,
    },
    "ETag": {"description": "stands for this answer: for `If-None-Match`, `If-Range`, `If-Match`", "schema": _TEXT},
    "Location": {"description": "address of what was made", "schema": {"type": "string", "format": "uri-reference"}},
    "Content-Range": {"description": "which bytes of how many", "schema": _TEXT},
    "Accept-Ranges": {"description": "`bytes`", "schema": _TEXT},
    "Content-Disposition": {"description": "the name to save the file under", "schema": _TEXT},
    "Repr-Digest": {"description": "SHA-256 of the whole file (RFC 9530)", "schema": _TEXT},
}
_ASKED = {
    "If-None-Match": (_CONDITIONAL, "`ETag` of an answer that you have: 304 where it would come again"),
    "If-Match": (frozenset({"put_connector", "put_mapping"}), "`ETag` of the version that the change is meant for"),
    "Range": (frozenset({"get_export_file"}), "the bytes to send, as `bytes=1048576-`"),
    "If-Range": (frozenset({"get_export_file"}), "`ETag` that the file must still have for `Range` to count"),
    "Idempotency-Key": (frozenset({"push_records"}), "your number of this push; sent again it is answered the same"),
}


def is_conditional(operation: dict[str, Any]) -> bool:
    """Whether it listens to If-None-Match, so that 304 may come."""
    return operation["operationId"] in _CONDITIONAL


def tell_headers(operation: dict[str, Any], *, counted: bool) -> None:
    """Write the headers of an operation of the API; `counted`: its requests are taken from a quota."""
    name = operation["operationId"]
    for header, (operations, said) in _ASKED.items():
        if name in operations:
            asked = {"name": header, "in": "header", "required": False, "description": said, "schema": _TEXT}
            operation.setdefault("parameters", []).append(asked)
    for status, answer in operation["responses"].items():
        told = _of(name, int(status), counted=counted)
        answer["headers"] = {each: {"$ref": f"#/components/headers/{each}"} for each in told}


def _of(name: str, status: int, *, counted: bool) -> list[str]:
    found = ["X-Request-Id"]
    if counted and (status < 400 or status == 429):
        found += _QUOTA
    if status in (429, 503) or (name, status) in {("list_changes", 200), ("get_export_file", 409)}:
        found.append("Retry-After")
    if status == 401 or (status == 403 and counted):
        found.append("WWW-Authenticate")
    if (name in _CONDITIONAL and status in (200, 206, 304)) or (name in _VERSIONED and status < 300):
        found.append("ETag")
    if status in (201, 202) and name != "put_client":
        found.append("Location")
    if name == "get_export_file" and status in (200, 206):
        found += _FILE
    if status in (206, 416):
        found.append("Content-Range")
    return found
