"""`hub demo`: the main job on this machine alone: departments, first sync, then API and console."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from connectors.registry import Registry
from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, told
from hub.cli.departments import Department, DidNotStart, NotACheckout, started
from hub.cli.exits import Exit
from hub.cli.output import err, stop
from hub.cli.serve import serve_until_stopped
from hub.cli.summary import print_summary
from hub.cli.sync import progress_bars, sync_now, tell_failure
from hub.config.file import Configuration, understand
from hub.record.rights import Role as PersonRole
from hub.record.signature import Signature
from hub.store import dossiers, keys, people
from hub.store.database import Transaction
from hub.store.filters import Filter
from hub.store.keys import Role
from hub.store.passwords import Passwords, one_time_password
from hub.store.people import Wanted
from hub.wiring import open_hub, open_store
from mappings.engine.yaml_source import Source, parse, read

_DEPARTMENTS = (
    Department("so_tu_phap", "SO_TU_PHAP_URL"),
    Department("mot_cua", "MOT_CUA_URL"),
)

# Invented people, one of each role.
_PEOPLE = {
    PersonRole.ADMINISTRATOR: "Phan Quốc Trị",
    PersonRole.OPERATOR: "Võ Thị Vận",
    PersonRole.DEPARTMENT: "Đinh Công Tư",
    PersonRole.AUDITOR: "Lý Minh Kiểm",
    PersonRole.LEADER: "Hồ Thanh Lãnh",
}
_AGENCY = "000.00.15.H29"  # of the demo's first department
_SEE_PERSONAL = (PersonRole.ADMINISTRATOR, PersonRole.DEPARTMENT)

_OPEN_DATA = """
connectors:
  - name: du-lieu-mo
    title: Dữ liệu mở thành phố – Giấy phép xây dựng
    type: rest
    agency: 000.00.17.H29
    mapping: {mapping}
    schedule: {{every: 5m, jitter: 5s}}
    fresh_within: 30m
    settings:
      url: ${{env:DU_LIEU_MO_URL:-http://127.0.0.1:8713}}/api/3/action/datastore_search
      parameters: {{offset: "{{offset}}", limit: "{{page_size}}"}}
      page_size: 500
      pages: {{type: offset}}
      records: result.records
      total: result.total
      key: _id
"""

Csv = Annotated[Path | None, typer.Option("--csv", help="Add a city open-data department that serves this CSV file.")]
Reader = Annotated[str, typer.Option(help="Mapping that reads the CSV file's rows.")]


@app.command()
def demo(
    config: ConfigOption = DEFAULT_CONFIG,
    once: Annotated[bool, typer.Option("--once", help="Sync, print the summary, end; serve nothing.")] = False,
    csv: Csv = None,
    mapping: Reader = "du-lieu-mo/giay-phep-xay-dung",
    port: Annotated[int | None, typer.Option(help="Instead of web.port.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Start the demo's department systems, sync them into the record, then serve API and console until Ctrl-C."""
    departments = [*_DEPARTMENTS, *_open_data(csv)]
    with told(), _running(departments, config.resolve().parent):
        found = _configuration(config, mapping if csv else None)
        succeeded = _sync_all(found, as_json=as_json)
        if not once:
            _serve(found, port)  # also when a department failed: the console shows it, and the others' dossiers
        elif not succeeded:
            raise typer.Exit(Exit.FAILED)


def _open_data(csv: Path | None) -> Iterator[Department]:
    if csv is not None:
        yield Department("du_lieu_mo", "DU_LIEU_MO_URL", ("--csv", str(csv.resolve())))


@contextmanager
def _running(departments: list[Department], root: Path) -> Iterator[None]:
    try:
        with started(departments, root) as addresses:
            os.environ.update(addresses)
            yield
    except (NotACheckout, DidNotStart) as error:
        stop(str(error), Exit.WRONG)


def _configuration(path: Path, csv_mapping: str | None) -> Configuration:
    written = read(path)
    if csv_mapping is not None:
        written = _with_open_data(written, csv_mapping)
    return understand(written, path.resolve().parent, Registry())


def _with_open_data(written: Source, mapping: str) -> Source:
    """The configuration as if the open-data department stood at the end of its connectors."""
    added = parse(_OPEN_DATA.format(mapping=mapping), "the demo's open-data department").data["connectors"]
    data = written.data if isinstance(written.data, dict) else {}
    return replace(written, data=data | {"connectors": [*(data.get("connectors") or []), *added]})


def _sync_all(found: Configuration, *, as_json: bool) -> bool:
    """Sync every connector, one after the other, and print the summary; whether every run succeeded."""
    hub = open_hub(found)
    try:
        with progress_bars() as bars:
            active = set(hub.names())
            names = (section.name for section in found.config.connectors if section.name in active)
            synced = [sync_now(hub, name, bars) for name in names]
        print_summary(synced, dossiers.totals(hub.database), as_json=as_json)
    finally:
        hub.database.close()
    failed = [one for one in synced if tell_failure(one)]
    return not failed


def _serve(found: Configuration, port: int | None) -> None:
    key, sample = _key_and_sample(found)
    names, password = _people(found)

    def announce(url: str) -> None:
        lines = (
            f"Console  {url}/        sign in as one of {', '.join(names)}",
            f"Password {password}   (of each of them, until the next `hub demo`)",
            f"API      {url}/api/v1/docs",
            f"Key      {key}",
            f"Try      curl -H 'Authorization: Bearer {key}' '{url}/api/v1/dossiers/{sample}'",
            "Ctrl-C stops everything that was started.",
        )
        for line in lines:
            err.print(line, markup=False, highlight=False, soft_wrap=True)

    web = found.config.web
    serve_until_stopped(found, web.host, web.port if port is None else port, announce)


def _people(found: Configuration) -> tuple[list[str], str]:
    """Somebody of each role, and the password that all of them have from now on."""
    password = one_time_password()
    kept, by = Passwords().kept(password), Signature("demo", "hub demo", datetime.now(UTC))
    database = open_store(found)

    def make(transaction: Transaction) -> None:
        for role, title in _PEOPLE.items():
            name, sees_personal = f"demo-{role}", role in _SEE_PERSONAL
            if not people.is_taken(transaction, name):
                people.add(transaction, name, Wanted(role, title, "", (_AGENCY,), sees_personal), None, by)
            people.set_password(transaction, name, kept, by, must_change=False)

    try:
        database.write_again(make)
    finally:
        database.close()
    return [f"demo-{role}" for role in _PEOPLE], password


def _key_and_sample(found: Configuration) -> tuple[str, str]:
    """A fresh key for the API, and the code of the newest dossier."""
    database = open_store(found)
    try:
        newest = dossiers.page(database, Filter(), limit=1)
        return keys.issue(database, "demo", datetime.now(UTC), Role.MANAGE), newest[0].code if newest else "CODE"
    finally:
        database.close()
