"""More records of one second than a page holds, over a real socket."""

from pathlib import Path

from connectors.registry import Registry
from hub.config.file import load
from tests.departments.generator import generate
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap

ROOT = Path(__file__).parents[2]


def test_pages_that_are_read_again_to_be_sure_bring_no_record_twice() -> None:
    dossiers = generate().judicial
    with serve(SoTuPhap(dossiers).app) as url:
        connection = load(ROOT / "config.yaml", Registry(), {"SO_TU_PHAP_URL": url}).connections[0]
        with connection.type.open(connection.settings, lambda exchange: exchange()) as line:
            pages = list(line.pull(None))
    keys = [record.key for page in pages for record in page.records]
    assert len(keys) == len(set(keys)) == len(dossiers)
    assert sum(page.repeated for page in pages) > 100  # a whole page of ties was read twice
