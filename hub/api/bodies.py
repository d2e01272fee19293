"""Bodies of requests: whole, or refused."""

from flask import request

from hub.api.problems import ApiProblem


def half_a_body() -> ApiProblem:
    """What arrived is not what was announced, so nothing is made of it: half a document can be one, too."""
    return ApiProblem(400, "half_a_body", "Only a part of the body arrived. Nothing was changed; send it again.")


def whole_body() -> bytes:
    """The request's body.

    Raises:
        ApiProblem: 400, it ended before its Content-Length.
    """
    body = request.get_data()
    if len(body) < (request.content_length or 0):
        raise half_a_body()
    return body
