"""What `bench.console` asks: every page, with values of its own each time."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from bench.api_store import AGENCIES, STATUSES, code_of, name_of
from hub.console.blueprint import PAGES
from hub.record.run_state import RunState

NAME = "thu-toc-do"  # of the person who asks
_LOGGED = 50_000  # runs of which the log is kept, and dossiers of which a source's word is (console_store.sql)
_ACTS = 1_000_000  # after this number are those of console_store.sql

Draw: TypeAlias = Callable[[random.Random, int], str]  # from so many runs and dossiers, numbered from 1


def check_all_are_asked() -> None:
    """Say which page is not asked.

    Raises:
        RuntimeError: a page is missing here, or is there no more.
    """
    there = {name.removeprefix("console.") for name, page in PAGES.items() if page.method == "GET"}
    if wrong := there ^ (ASKED.keys() | _OUTSIDE):
        raise RuntimeError(f"bench.console does not ask what there is, or asks what there is not: {sorted(wrong)}")


def _always(path: str) -> Draw:
    return lambda _chance, _rows: path


def _connector(chance: random.Random) -> str:
    return f"he-thong-{chance.randrange(2, 61)}"


def _of_connector(before: str, after: str = "") -> Draw:
    return lambda chance, _rows: f"{before}{_connector(chance)}{after}"


def _of_run(after: str = "") -> Draw:
    return lambda chance, rows: f"/runs/{rows - chance.randrange(_LOGGED)}{after}"


def _of_code(before: str) -> Draw:
    return lambda chance, rows: f"{before}{code_of(chance.randrange(1, min(rows, _LOGGED) + 1))}"


def _exchange(chance: random.Random, rows: int) -> str:
    at = chance.randrange(1, _LOGGED)
    return f"/runs/{rows - _LOGGED + at}/exchanges/{at}"


def _quarantined(chance: random.Random, _rows: int) -> str:
    connector, at = chance.randrange(1, 10), chance.randrange(1000)
    return f"/quarantine/he-thong-{connector + 1}/{10 * at + connector}"


def _act_of_connector(chance: random.Random, _rows: int) -> str:
    connector, at = 4 * chance.randrange(1, 15), chance.randrange(1000)  # every fourth act is of a connector
    return f"/connectors/he-thong-{connector}/changes/{_ACTS + 60 * at + connector}"


ASKED: Mapping[str, Sequence[Draw]] = {
    "overview": (_always("/"),),
    "overview_connectors": (_always("/overview/connectors"),),
    "overview_totals": (_always("/overview/totals"),),
    "runs": (
        _always("/runs"),
        _of_connector("/runs?connector="),
        lambda chance, _: f"/runs?state={chance.choice(list(RunState))}",
        _of_connector("/runs?state=failed&connector="),
        _of_connector("/runs?kind=full&trigger=hand&connector="),
    ),
    "run": (_of_run(),),
    "run_progress": (_of_run("/progress"),),
    "exchange": (_exchange,),
    "completeness": (_of_connector("/connectors/", "/completeness"),),
    "quarantine": (
        _always("/quarantine"),
        lambda chance, _: f"/quarantine?connector=he-thong-{chance.randrange(2, 10)}",
    ),
    "quarantined": (_quarantined,),
    "dossiers": (
        _always("/dossiers"),
        lambda chance, _: f"/dossiers?agency={chance.choice(AGENCIES)}&status={chance.choice(STATUSES)}",
        lambda chance, _: f"/dossiers?q={quote(name_of(chance))}",
        lambda chance, _: f"/dossiers?due=overdue&agency={chance.choice(AGENCIES)}",
    ),
    "dossier": (_of_code("/dossiers/"),),
    "trace": (
        _always("/trace"),
        _of_code("/trace?q="),
        lambda chance, rows: f"/trace?q=000{chance.randrange(1, min(rows, _LOGGED) + 1):09}",
    ),
    "alike": (_always("/dossiers/alike"),),
    "removals": (_always("/removals"),),
    "connectors": (_always("/connectors"),),
    "connector": (_of_connector("/connectors/"),),
    "connector_new": (_always("/connectors/new"),),
    "connector_edit": (_of_connector("/connectors/", "/edit"),),
    "connector_versions": (_of_connector("/connectors/", "/versions"),),
    "connector_acts": (_of_connector("/connectors/", "/changes"),),
    "connector_act": (_act_of_connector,),
    "schedules": tuple(map(_always, ("/schedules", "/schedules?view=week", "/schedules?view=next"))),
    "secrets": (_always("/secrets"),),
    "expiring": (_always("/secrets/expiring"),),
    "mappings": (_always("/mappings"),),
    "mapping": (_always("/mappings/mot-cua/ho-so"),),
    "edit_mapping": (_always("/mappings/mot-cua/ho-so/edit"),),
    "charts": tuple(_always(f"/charts?period={period}") for period in ("24h", "7d", "30d", "90d")),
    "alerts": (_always("/alerts"),),
    "alert_news": (_always("/alerts/news"),),
    "alert_history": (_always("/alerts/history"),),
    "silences": (_always("/alerts/silences"),),
    "audit": (
        _always("/audit"),
        lambda chance, _: f"/audit?author=can-bo-{chance.randrange(30)}",
        _of_connector("/audit?kind=mapping&connector="),
    ),
    "act": (lambda chance, _: f"/audit/{_ACTS + chance.randrange(1, 200_000)}",),
    "reads": (_always("/reads"), _always("/reads?client=cong-dich-vu-cong")),
    "agencies": (_always("/catalogue"),),
    "procedures": (_always("/catalogue/procedures"),),
    "unknown_codes": (_always("/catalogue/unknown"),),
    "duplicate_services": (_always("/catalogue/duplicates"),),
    "clients": (_always("/clients"),),
    "new_client": (_always("/clients/new"),),
    "client": (_always("/clients/1"),),
    "change_client": (_always("/clients/1/change"),),
    "webhooks": (_always("/webhooks"),),
    "exports": (_always("/exports"),),
    "settings": (_always("/settings"),),
    "licences": (_always("/settings/licences"),),
    "people": (_always("/people"),),
    "person_new": (_always("/people/new"),),
    "person": (_always(f"/people/{NAME}/account"),),
    "account": (_always("/account"),),
    "account_password": (_always("/account/password"),),
    "account_second_factor": (_always("/account/second-factor"),),
}
# Files; pages that ask a department something; and those of what this store has none of.
_OUTSIDE = frozenset(
    {
        *("connector_check", "connector_preview", "connector_draft", "load_catalogue", "loaded_catalogue"),
        *("mapping_diff", "mapping_version", "webhook", "take_dossiers", "received", "received_file", "chart_file"),
        *(name.removeprefix("console.") for name in PAGES if name.endswith("_csv")),
    }
)
