"""Something on every page of the console: what the filled store does not have yet, and an address to see each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.registry import Registry
from hub.config.catalogue import load
from hub.config.register import Register
from hub.outbox.webhooks.state import Content
from hub.record.grant import EVERYTHING
from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import (
    acts,
    clients,
    connectors,
    drafts,
    exchanges,
    exports,
    keys,
    notices,
    quarantine,
    run_lines,
    silences,
    subscriptions,
    tallies,
)
from hub.store.catalogue import AGENCIES, PROCEDURES
from hub.store.exchanges import ExchangeRow
from hub.store.notices import News
from hub.store.run_lines import Line
from hub.store.tallies import Keys, Tally
from tests.hub.config.registering import mapping, register
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.test_alerts import DISK, found, late
from tests.hub.web.test_catalogue_shown import AGENCIES_CSV, PROCEDURES_CSV, serve_twice
from tests.hub.web.test_keepers_pages import some_reads
from tests.hub.web.test_removals import ask
from tests.hub.web.visitor import AGENCY, person

MINE, MAPPING = "so-minh", "so-minh/ho-so"
_DOCUMENT = f"""\
name: {MINE}
title: Sở Minh họa
type: rest
agency: {AGENCY}
mapping: {MAPPING}
settings: {{url: "https://192.0.2.1/x", key: id, secret_headers: {{A: "${{secret:{MINE}.token}}"}}}}
"""


@dataclass(frozen=True, slots=True)
class Furnished:
    """Arguments of the pages that need some; a page can be worth several looks."""

    of_page: Mapping[str, Sequence[Mapping[str, Any]]]
    runs_of_others: Sequence[int]  # than of the department whose people walk
    draft_of: Mapping[Role, int]  # whose drafts are nobody else's business


def furnish(store: Store) -> Furnished:
    """Put in what is missing."""
    by = Signature("quản trị", "vì thử", store.now)
    known = register(store.database, store.folder, registry=Registry())
    _connector(known, by)
    _watching(store)
    client, webhook = _clients(store)
    _catalogue(store)
    done = acts.of_connectors(store.database, [MINE])[0].id
    exchange = exchanges.listed(store.database, store.filled.failed_run)[0].id
    own = exchanges.listed(store.database, store.filled.succeeded_run)[0].id
    held = next(row.id for row in quarantine.listed(store.database) if row.key == "TP-404")
    person(store.database, "nguoi-khac", Role.OPERATOR, title="Trần Đức Minh")
    connector, source = {"name": MINE}, {"name": "so-tu-phap"}
    runs = [store.filled.succeeded_run, store.filled.failed_run, store.filled.running_run]
    return Furnished(
        {
            "act": [{"act_id": done}],
            "alike": [{}],
            "change_client": [{"client_id": client}],
            "chart_file": [{"name": "runs"}],
            "client": [{"client_id": client}],
            "completeness": [source],
            "connector": [connector, source],
            "connector_act": [connector | {"act_id": done}],
            "connector_acts": [connector],
            "connector_check": [connector],
            "connector_edit": [connector, connector | {"view": "yaml"}],
            "connector_preview": [connector],
            "connector_versions": [connector],
            "deliveries_csv": [{"number": webhook}],
            "dossier": [{"code": SHARED}],
            "dossiers": [{}, {"q": "nguyen"}, {"q": "khong co ai"}],
            "edit_mapping": [{"name": MAPPING}],
            "exchange": [
                {"run_id": store.filled.succeeded_run, "exchange_id": own},
                {"run_id": store.filled.failed_run, "exchange_id": exchange},
            ],
            "loaded_catalogue": [{"entity": "agency"}],
            "mapping": [{"name": MAPPING}],
            "mapping_diff": [{"name": MAPPING, "from": 1, "to": 2}],
            "mapping_version": [{"name": MAPPING, "number": 1}],
            "person": [{"name": "nguoi-khac"}],
            "quarantine": [{}, {"connector": "so-tu-phap"}],
            "quarantined": [source | {"record_id": held}],
            "received": [source | {"key": "TP-shared"}],
            "received_file": [source | {"key": "TP-shared"}],
            "run": [{"run_id": run_id} for run_id in runs],
            "run_progress": [{"run_id": run_id} for run_id in runs],
            "schedules": [{}, {"view": "week", "connector": "so-tu-phap"}, {"view": "next"}],
            "take_dossiers": [{"form": "csv"}],
            "trace": [{}, {"q": SHARED}],
            "webhook": [{"number": webhook}],
        },
        runs[1:],
        {role: _draft(store, role) for role in Role},
    )


def _connector(known: Register, by: Signature) -> None:
    known.vault.put(f"{MINE}.token", "bí mật", datetime.now(UTC).date() + timedelta(days=20), by)
    for code in ("maHoSo", "soHoSo"):
        known.put_mapping(mapping(MAPPING, code), "mapping.yaml", by)
    known.put_text(MINE, _DOCUMENT, "so-minh.yaml", by)


def _draft(store: Store, role: Role) -> int:
    text = _DOCUMENT.replace(MINE, f"so-{role}")
    return drafts.begin(store.database, f"so-{role}", f"di-{role}", text, None, store.now)


def _watching(store: Store) -> None:
    """What somebody is told of: alerts, a silence, what runs said and asked, days that lack records, removals."""
    database, at = store.database, store.now
    found(database, [late("so-tu-phap"), late("mot-cua")], at - timedelta(hours=2))
    found(database, [], at - timedelta(hours=1))
    found(database, [late("so-tu-phap"), DISK])
    said = [Line(at, "info", "begun", {"page": 1}), Line(at, "warning", "asked_in_vain", {"code": "timeout"})]
    row = ExchangeRow(at, 120, "POST", "http://192.0.2.1/pa", 200, "A: •••\n\nid=1", "Server: x", 9, None, False)
    with database.write() as transaction:
        silences.make(
            transaction, "freshness", "so-tu-phap", at, at + timedelta(hours=2), "quản trị", "bảo trì máy chủ"
        )
        for run_id in (store.filled.failed_run, store.filled.succeeded_run):
            run_lines.add(transaction, run_id, said)
            exchanges.add(transaction, run_id, [row])
        source = connectors.named(database, "so-tu-phap")
        assert source is not None
        missing = Keys(missing=["1", "2"])
        lost = Tally("2026-11-17", None, 5, 3, 1, 2, 0, True, missing, "drift", "17/11/2026: 5 there.", at, None)
        tallies.save(transaction, source.id, [lost])
    ask(store, "so-tu-phap", "TP-shared")
    some_reads(store)


def _clients(store: Store) -> tuple[int, int]:
    """A client with a key, a subscription and an export."""
    wanted = clients.Wanted("cong", clients.Role.QUERY, "Cổng dịch vụ công", purpose="tra cứu hồ sơ của công dân")
    with store.database.write() as transaction:
        client = clients.put(transaction, wanted, store.now).id
        told = subscriptions.Wanted(
            client, "Theo dõi hồ sơ", "https://portal.example/h", {"agency": "H29"}, Content.DOSSIER, "cong", 0, 0
        )
        webhook = subscriptions.add(transaction, told, lambda _: b"x", store.now)
        notices.put(transaction, webhook, [News(1, 1, "changed"), News(2, 2, "changed")], store.now)
    keys.add(store.database, "cong", store.now, None, None)
    exports.ask(store.database, exports.Wanted(client, "csv", {"agency": "H29"}, None, {}, EVERYTHING), store.now, 3)
    return client, webhook


def _catalogue(store: Store) -> None:
    for kind, name, text in ((AGENCIES, "agencies.csv", AGENCIES_CSV), (PROCEDURES, "procedures.csv", PROCEDURES_CSV)):
        (store.folder / name).write_text(text, encoding="utf-8")
        load(store.database, kind, store.folder / name)
    serve_twice(store)
