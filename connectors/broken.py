"""What it means for the run when an exchange breaks before an answer is complete, as a table."""

from dataclasses import dataclass

import requests
from urllib3 import exceptions as wire

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.settings import HttpSettings

TRY_LATER = "Nothing is lost; the hub tries again later. If it lasts, ask the department whether the system is up."


@dataclass(frozen=True, slots=True)
class _Row:
    """Any of these errors, at the surface or beneath it, and what is said of it."""

    errors: tuple[type[BaseException], ...]
    becomes: type[Unavailable] | type[Changed]
    code: str
    sentence: str  # may use {address}, {connect} and {silent}
    hint: str = TRY_LATER


# The first row that fits wins: the special ones stand before the general ones.
_TABLE = (
    _Row(
        (requests.exceptions.InvalidProxyURL,),
        Changed,
        "local_settings",
        "`proxy` is not an address",
        "Write it as http://host:port.",
    ),
    _Row((requests.exceptions.ProxyError,), Unavailable, "proxy", "the proxy did not pass on a request to {address}"),
    _Row((requests.ConnectTimeout,), Unavailable, "timeout", "no connection to {address} within {connect:g} s"),
    _Row(
        (requests.ReadTimeout, wire.ReadTimeoutError),
        Unavailable,
        "timeout",
        "no answer from {address} within {silent:g} s",
    ),
    _Row((wire.NameResolutionError,), Unavailable, "unknown_host", "the host name of {address} is not known"),
    _Row((wire.NewConnectionError,), Unavailable, "no_connection", "no connection to {address}: it is not reachable"),
    _Row((wire.DecodeError,), Unavailable, "truncated", "the answer of {address} is not compressed as it says"),
    _Row((requests.ConnectionError,), Unavailable, "cut", "the connection to {address} was cut before an answer"),
    _Row((wire.ProtocolError,), Unavailable, "truncated", "the answer of {address} broke off half-way"),
    _Row(
        (Exception,),
        Changed,
        "not_http",
        "the request to {address} or its answer is not valid HTTP",
        "Check the address in the settings.",
    ),
)


def error_of_exchange(error: Exception, address: str, settings: HttpSettings) -> ConnectorError:
    """Our error for one of requests or urllib3; `address` is fit for a sentence."""
    beneath = _beneath(error)
    if isinstance(error, requests.exceptions.SSLError | wire.SSLError):
        return error_of_tls(beneath, address)
    row = next(row for row in _TABLE if isinstance(error, row.errors) or isinstance(beneath, row.errors))
    sentence = row.sentence.format(
        address=address, connect=settings.connect_timeout_seconds, silent=settings.timeout_seconds
    )
    return row.becomes(sentence, code=row.code, hint=row.hint)


def _beneath(error: BaseException) -> BaseException:
    """The cause: requests wraps the errors of urllib3, and those wrap what happened."""
    inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    return _beneath(inner) if isinstance(inner, BaseException) else error


def error_of_tls(cause: BaseException, address: str) -> ConnectorError:
    """Why no secure line was agreed."""
    text = str(cause)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        why = getattr(cause, "verify_message", "") or "it does not vouch for this host"
        return Changed(
            f"the certificate of {address} is not trusted: {why}",
            code="certificate",
            hint="If it is the department's own, get their authority's certificate and name it in `ca_file`.",
        )
    if "ALERT" in text:
        return Refused(
            f"{address} wants a certificate of the hub, or does not accept the one it shows",
            code="client_certificate",
            hint="Check `client_certificate` and `client_key`, and whether the department knows them.",
        )
    hint = (
        f"{TRY_LATER} A system that wants a certificate of the hub may also hang up like this (`client_certificate`)."
    )
    return Unavailable(f"no secure connection to {address} could be agreed", code="tls", hint=hint)
