"""The dashboard and the alert rules that come with the hub ask for what it tells, and so does their document."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from hub.telemetry.catalogue import ALL, Kind

DOCS = Path(__file__).parents[3] / "docs"
DASHBOARD: dict[str, Any] = json.loads((DOCS / "observability/dashboard.json").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = YAML(typ="safe").load(DOCS / "observability/alerts.yml")["groups"][0]["rules"]
FUNCTIONS = {
    "sum",
    "min",
    "max",
    "count",
    "topk",
    "rate",
    "increase",
    "delta",
    "absent",
    "histogram_quantile",
    "vector",
}
WORDS = FUNCTIONS | {"by", "and", "or", "on", "unless"}
ANYWHERE = {"instance", "le"}  # labels that Prometheus, or a histogram, adds


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (rule["expr"] for rule in RULES)


def name_of(asked: str) -> str:
    """The metric of a series."""
    plain = re.sub(r"_(bucket|count|sum)$", "", asked)
    return plain if plain in ALL and ALL[plain].kind is Kind.HISTOGRAM else asked


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_asks_for_metrics_that_there_are_by_labels_that_they_have(expression: str) -> None:
    assert all(expression.count(one) == expression.count(other) for one, other in ("()", "{}", "[]"))
    metrics = {name_of(asked) for asked in re.findall(r"\bhub_[a-z_]+", expression)}
    assert metrics
    assert metrics <= set(ALL)
    labels = {label for name in metrics for label in ALL[name].labels} | ANYWHERE
    grouped = {each.strip() for group in re.findall(r"\bby \(([^)]*)\)", expression) for each in group.split(",")}
    picked = set(re.findall(r"([a-z_]+)=~?\"", expression))
    assert grouped | picked <= labels
    bare = re.sub(r"\"[^\"]*\"|\{[^}]*\}|\[[^]]*\]|\bby \([^)]*\)|\bhub_[a-z_]+|[\d.]+", " ", expression)
    assert set(re.findall(r"[a-z_]+", bare)) <= WORDS


def test_a_counter_is_asked_how_it_grows_and_a_histogram_for_its_buckets() -> None:
    for expression in expressions():
        for asked in re.findall(r"\bhub_[a-z_]+", expression):
            if ALL[name_of(asked)].kind is Kind.COUNTER or asked.endswith("_bucket"):
                assert re.search(rf"(rate|increase)\({asked}(\{{[^}}]*\}})?\[", expression), expression


def test_the_dashboard_can_be_imported_anywhere() -> None:
    panels = DASHBOARD["panels"]
    assert [variable["type"] for variable in DASHBOARD["templating"]["list"]] == ["datasource", "query"]
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in combinations((panel["gridPos"] for panel in panels), 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert apart or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


def test_every_rule_says_what_is_wrong_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert {"summary", "description"} == rule["annotations"].keys()


def test_the_document_tells_of_every_metric_and_of_no_other() -> None:
    told = (DOCS / "observability.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(hub_[a-z_]+)`", told)) == set(ALL)


def test_every_metric_is_named_as_prometheus_wants_it() -> None:
    for name, metric in ALL.items():
        assert name.endswith("_total") == (metric.kind is Kind.COUNTER)
        assert bool(metric.buckets) == (metric.kind is Kind.HISTOGRAM)
        assert metric.meaning.endswith(".")
