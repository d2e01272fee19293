"""The scheduler looks by itself: from a fault in the rows to a letter in somebody's mailbox, and that it is over."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update

from connectors.registry import Registry
from hub.alerts import heartbeat
from hub.config.file import load
from hub.engine import Scheduler
from hub.store import alerts
from hub.store.database import connect
from hub.store.schema import upgrade
from hub.store.tables import connectors
from hub.wiring import open_hub
from tests.hub.alerts.postbox import postbox

CONFIG = """
alerts:
  address: https://hub.example
  group_wait: 0s
  every: 1s
  over_after: 0s
  rules: {disk: {on: false}, freshness: {after: 0s}}
  channels:
    - {name: truc, kind: mail, host: 127.0.0.1, port: %d, security: none, from: a@hub.example, to: [b@hub.example]}
connectors:
  - name: so-tu-phap
    title: Sở Tư pháp
    type: rest
    agency: 000.00.15.H29
    mapping: so-tu-phap/ly-lich-tu-phap
    fresh_within: 1s
    settings: {url: "http://127.0.0.1:9/", key: maHoSo}
"""


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_fault_becomes_a_letter_by_itself_and_its_end_another(tmp_path: Path) -> None:
    with postbox() as box:
        config = tmp_path / "config.yaml"
        config.write_text(CONFIG % box.port, encoding="utf-8")
        store = connect("sqlite:///var/hub.db", tmp_path)
        upgrade(store)
        hub = open_hub(load(config, Registry()))
        scheduler = Scheduler(hub)
        scheduler.start()
        try:
            until(lambda: len(box.mails) == 1)  # nobody reads it, and a second was promised
            with store.write() as transaction:
                transaction.execute(update(connectors).values(seen_at=datetime.now(UTC), fresh_within=3600))
            until(lambda: len(box.mails) == 2)
        finally:
            scheduler.stop()
            hub.database.close()
        opened, over = box.mails
        assert "https://hub.example/connectors/so-tu-phap" in opened.get_content()
        assert over["Subject"].startswith("[Một Cửa Hub] Đã hết: ")
        assert alerts.going_on(store) == []
        assert not heartbeat.heartbeat(store, datetime.now(UTC)).late
        store.close()
