"""Addresses that keep and forget the secrets of department systems; none shows one."""

from flask_openapi3.models.tag import Tag

from hub.api import answers
from hub.api.answers import Answer
from hub.api.connector_models import NewSecret, SecretPage, SecretPath
from hub.api.parameters import NoParameters
from hub.api.ports import register
from hub.api.problems import ApiProblem
from hub.api.routes import api, errors
from hub.api.signing import signed

_SECRETS = [Tag(name="secrets", description="What connectors refer to as `${secret:NAME}`.")]


@api.get("/secrets", tags=_SECRETS, responses={200: SecretPage}, operation_id="list_secrets")
def list_secrets(query: NoParameters) -> Answer:  # noqa: ARG001
    """The secrets by name, and who refers to them. No address shows a secret itself."""
    return {"items": [answers.secret(kept) for kept in register().vault.listed()]}


@api.put("/secrets/<name>", tags=_SECRETS, responses={204: None, **errors(403)}, operation_id="put_secret")
def put_secret(path: SecretPath, body: NewSecret) -> tuple[str, int]:
    """Keep a secret; an older value of this name is gone. Runs use it from the next one on, also of
    connectors that were left alone after failures."""
    register().vault.put(path.name, body.value.get_secret_value(), body.expires_on, signed(""))
    return "", 204


@api.delete(
    "/secrets/<name>", tags=_SECRETS, responses={204: None, **errors(403, 404, 409)}, operation_id="remove_secret"
)
def remove_secret(path: SecretPath) -> tuple[str, int]:
    """Forget a secret; refused while connectors refer to it."""
    if not register().vault.remove(path.name, signed("")):
        raise ApiProblem(404, "secret_not_found", f"The hub keeps no secret {path.name}; /api/v1/secrets lists them.")
    return "", 204
