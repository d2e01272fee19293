"""`hub health`: does the hub that runs here do all that it is for? For containers and supervisors, and for people."""

from typing import Annotated, Any

import requests
import typer

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, configuration
from hub.cli.exits import Exit
from hub.cli.output import harmless, out, print_json, stop

_EVERY_NETWORK = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}  # noqa: S104  # compared, not bound
_LONGEST = 500  # letters of an answer that is none of the hub's


@app.command()
def health(
    url: Annotated[str | None, typer.Option(help="Of the process; left out, that of web.host and web.port.")] = None,
    worker: Annotated[
        bool, typer.Option("--worker", help="Ask `hub worker` or `hub scheduler`, at telemetry.port.")
    ] = False,
    seconds: Annotated[float, typer.Option(help="How long to wait for the answer.", min=0.1, max=60)] = 5.0,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Ask a running hub whether it does all that it is for. Exit code 1 when it does not, or does not answer."""
    address = f"{(url or _address(config, worker=worker)).rstrip('/')}/health/ready"
    try:
        answer = requests.get(address, timeout=seconds, proxies={"http": "", "https": ""})
    except requests.RequestException as error:
        stop(f"nothing answers at {address}: {type(error).__name__}; is the hub running?", Exit.FAILED)
    told = _told(answer)
    if as_json:
        print_json({"ready": answer.status_code == 200, "address": address, "answer": told})
    elif answer.status_code == 200:
        out.print(f"ready: {address}", highlight=False)
    else:
        out.print(f"not ready: {_sentence(told)}", highlight=False, markup=False)
    raise typer.Exit(Exit.OK if answer.status_code == 200 else Exit.FAILED)


def _address(config: Any, *, worker: bool) -> str:
    found = configuration(config).config
    if not worker:
        return f"http://{_reached(found.web.host)}:{found.web.port}"
    if found.telemetry.port is None:
        stop("`telemetry.port` names no port, so workers tell nobody how they are; set it, or name --url", Exit.WRONG)
    return f"http://{_reached(found.telemetry.host)}:{found.telemetry.port}"


def _reached(host: str) -> str:
    return _EVERY_NETWORK.get(host) or (f"[{host}]" if ":" in host else host)


def _told(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return answer.text[:_LONGEST]


def _sentence(told: Any) -> str:
    """From a problem document, from a worker's troubles, or as it came."""
    if isinstance(told, dict) and isinstance(told.get("troubles"), dict):
        return harmless("; ".join(f"{part}: {trouble}" for part, trouble in told["troubles"].items()))
    return harmless(str(told.get("detail", told) if isinstance(told, dict) else told))
