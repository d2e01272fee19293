"""`/metrics`: who may read it, and that it tells what the store and the process know."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from hub.api.settings import Settings
from hub.store import keys
from hub.store.keys import Role
from hub.telemetry import counted
from hub.telemetry.catalogue import ALL
from hub.web.app import create_app
from tests.hub.web.filling import Store
from tests.hub.web.served import SECRET


@pytest.fixture
def _counting() -> Iterator[None]:
    counted.begin()
    yield
    counted.end()


def samples(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Every sample by its name and labels."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def told(client: FlaskClient) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return samples(answer.text)


def test_facts_of_the_store_are_told(api: FlaskClient, store: Store) -> None:
    found = told(api)
    assert found["hub_up"] == {(): 1}
    assert found["hub_runs_ended_total"][("connector", "mot-cua"), ("outcome", "failed")] == 1
    assert found["hub_runs_ended_total"][("connector", "so-tu-phap"), ("outcome", "succeeded")] == 1
    assert found["hub_runs_running"] == {(): 1}
    assert found["hub_connector_quarantined_records"][(("connector", "so-tu-phap"),)] > 0
    assert found["hub_connector_freshness_objective_seconds"][(("connector", "mot-cua"),)] == 600
    assert found["hub_connector_late_seconds"][(("connector", "mot-cua"),)] > 30 * 60
    assert found["hub_connectors"][("health", "failing"), ("state", "active")] == 1


@pytest.mark.usefixtures("_counting")
def test_requests_are_counted_by_the_template_of_their_address_and_never_by_what_was_asked(api: FlaskClient) -> None:
    for code in ("a", "b", "../x"):
        api.get(f"/api/v1/dossiers/{code}")
    for path in ("/nowhere/at/all", "/api/v1/nothing"):
        api.get(path)
    api.open("/health/live", method="BREW")
    counts = told(api)["hub_http_request_seconds_count"]
    assert counts[("method", "GET"), ("route", "/api/v1/dossiers/<path:code>"), ("status", "4xx")] == 3
    assert counts[("method", "GET"), ("route", "other"), ("status", "4xx")] == 1
    assert ("method", "other") in {label for labels in counts for label in labels}
    assert not any("nowhere" in value for labels in counts for _, value in labels)


@pytest.mark.usefixtures("_counting")
def test_every_metric_of_the_catalogue_is_there_and_no_other(api: FlaskClient) -> None:
    families = {
        line.split()[2] for line in api.get("/metrics").text.splitlines() if line.startswith("# TYPE ")
    }  # fmt: skip
    assert families - {f"{name[:-6]}_created" for name in ALL if name.endswith("_total")} - {
        f"{name}_created" for name in ALL
    } == set(ALL)


@pytest.mark.parametrize(
    ("role", "status"), [(Role.READ, 200), (Role.MANAGE, 200), (Role.QUERY, 403), (Role.PUSH, 403)]
)
def test_a_key_that_reads_opens_it(app: object, store: Store, role: Role, status: int) -> None:
    client = create_app(store.database, SECRET).test_client()
    connector = "mot-cua" if role is Role.PUSH else None
    key = keys.issue(store.database, "đo lường", store.now, role, connector)
    assert client.get("/metrics", headers={"X-API-Key": key}).status_code == status
    assert client.get("/metrics").status_code == 401


@pytest.mark.parametrize(
    ("address", "status"),
    [("10.20.3.4", 200), ("::ffff:10.20.3.4", 200), ("10.21.0.1", 401), ("127.0.0.1", 401), ("no address", 401)],
)
def test_a_network_that_may_read_it_needs_no_key(store: Store, address: str, status: int) -> None:
    settings = Settings(metrics_open_to=(ip_network("10.20.0.0/16"),))
    client = create_app(store.database, SECRET, settings=settings).test_client()
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == status


def test_where_it_is_off_there_is_no_such_page(store: Store) -> None:
    client = create_app(store.database, SECRET, settings=Settings(metrics=False)).test_client()
    assert client.get("/metrics", headers={"X-API-Key": store.key}).status_code == 404


def test_without_its_database_the_hub_says_that_it_is_away(api: FlaskClient, store: Store) -> None:
    settings = Settings(metrics_open_to=(ip_network("127.0.0.0/8"),))
    client = create_app(store.database, SECRET, settings=settings).test_client()
    store.database.close()
    (store.folder / "hub.db").write_bytes(b"no database at all, but long enough to look like a file of one" * 100)
    found = told(client)
    assert found["hub_up"] == {(): 0}
    assert "hub_runs_queued" not in found
