"""Where departments push over SOAP, and where their tools find the WSDL."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from connectors.push.envelope import Call, Version
from connectors.push.refusal import NotTaken
from connectors.push.replies import MEDIA_TYPES, fault, fault_status, refusal, reply
from hub.api.pushing import Desk, admit, desk, shown_key, told_charset

soap = Blueprint("push_soap", __name__, url_prefix="/soap")


@soap.get("/<connector>")
def describe(connector: str) -> ResponseReturnValue:
    """The WSDL; tools read it without a key, and it says nothing that is secret."""
    try:
        open_desk = desk(connector)
    except NotTaken as refused:
        return Response(refused.sentence + "\n", refused.status, mimetype="text/plain")
    if "wsdl" not in {name.lower() for name in request.args}:
        here = f"{request.path}?wsdl"
        return Response(f"POST SOAP requests here; {here} describes the service.\n", mimetype="text/plain")
    return Response(open_desk.connector.wsdl(_address(open_desk)), mimetype="text/xml")


@soap.post("/<connector>")
def call(connector: str) -> ResponseReturnValue:
    """One push."""
    version: Version = "1.2" if "soap+xml" in request.headers.get("Content-Type", "") else "1.1"
    try:
        open_desk = desk(connector)
        request_call = open_desk.connector.call(open_desk.body(), told_charset())
        version = request_call.version
        admit(connector, request_call.key or shown_key())
        return _taken(open_desk, request_call)
    except NotTaken as refused:
        return _fault(refused, version)


def _taken(open_desk: Desk, request_call: Call) -> ResponseReturnValue:
    service, version = open_desk.connector.service, request_call.version
    try:
        with open_desk.noting():
            receipt = open_desk.take(request_call.pushed())
    except NotTaken as refused:
        said = refusal(refused, service, version)
        if said is None:
            raise
        return Response(said, content_type=MEDIA_TYPES[version])
    return Response(reply(receipt, service, version), content_type=MEDIA_TYPES[version])


def _fault(refused: NotTaken, version: Version) -> Response:
    response = Response(fault(refused, version), fault_status(refused, version), content_type=MEDIA_TYPES[version])
    if refused.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="mot-cua-hub"'
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _address(open_desk: Desk) -> str:
    public = open_desk.connector.settings.public_address
    return f"{(public or request.host_url).rstrip('/')}{request.path}"
