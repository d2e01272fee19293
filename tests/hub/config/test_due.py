"""When a due date counts as near is a setting."""

from datetime import timedelta
from pathlib import Path

import pytest

from connectors.registry import Registry
from hub.config.file import load
from mappings.engine.yaml_source import Invalid


@pytest.mark.parametrize(
    ("text", "near"), [("connectors: []", timedelta(days=3)), ("due: {near: 24h}", timedelta(hours=24))]
)
def test_near_is_three_days_unless_it_is_said_otherwise(tmp_path: Path, text: str, near: timedelta) -> None:
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "config.yaml", Registry()).config.due.near == near


def test_what_is_no_time_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("due:\n  near: soon\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"config\.yaml:2:9 .*no duration"):
        load(tmp_path / "config.yaml", Registry())
