"""Answers with an ETag: who has the same already is told so, and nothing more (304).

A tag stands for every byte of an answer. It is made of what decides them: the client's grant, the address with its
parameters, the form that was chosen, and either the answer itself or what it was made of.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request

from hub.api.answers import VARY
from hub.api.viewer import viewer
from hub.record.grant import Grant

_VARY = f"{VARY['Vary']}, Accept"
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


def answered(body: Any, media_type: str = "application/json", made_of: str | None = None) -> Response:
    """The answer, or 304 where it is what `If-None-Match` names.

    `made_of`: what decides the body beside the grant and the parameters, where that is told sooner than the body is
    written; else the body itself is what the tag is made of.
    """
    if made_of is not None:
        return answered_as(made_of.encode(), lambda: orjson.dumps(body, option=_OPTIONS), media_type)
    data = orjson.dumps(body, option=_OPTIONS)
    return answered_as(data, lambda: data, media_type)


def answered_as(decides: bytes, body: Callable[[], bytes], media_type: str = "application/json") -> Response:
    """The same of a body that is written only where it is sent; `decides` is what its tag is made of."""
    tag = _tag(decides, media_type)
    response = Response(status=304) if _has_it_already(tag) else Response(body(), mimetype=media_type)
    headers = response.headers
    headers.add("ETag", f'"{tag}"')
    headers.add("Vary", _VARY)
    headers.add("Cache-Control", "private, no-cache")
    return response


def _has_it_already(tag: str) -> bool:
    if "HTTP_IF_NONE_MATCH" not in request.environ:
        return False
    return request.if_none_match.contains(tag) or request.if_none_match.contains(f"{tag}-gzip")


def _tag(decides: bytes, media_type: str) -> str:
    digest = hashlib.sha256(decides)
    digest.update(f"\0{request.full_path}\0{media_type}\0{_told(viewer().grant)}".encode())
    return digest.hexdigest()[:32]


def _told(grant: Grant) -> str:
    """Which dossiers are in an answer is seen from the answer; what of them is shown only the grant says."""
    return ",".join(f"{group}={sight}" for group, sight in grant.sights.items())
