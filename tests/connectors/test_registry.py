"""A connector type is found by its name: given ones first, then installed ones, and no global state."""

from importlib.metadata import EntryPoint

import pytest

from connectors import registry
from connectors.contract import ConnectorType
from connectors.registry import BrokenType, Registry, UnknownType
from connectors.rest import REST
from connectors.soap import SOAP


def test_the_built_in_types_come_through_the_door_for_plug_ins() -> None:
    assert Registry().type("rest") is REST
    assert Registry().type("soap") is SOAP


def test_a_given_type_wins_over_an_installed_one() -> None:
    own = ConnectorType(settings=REST.settings, open=REST.open)
    assert Registry({"soap": own}).type("soap") is own


def test_an_unknown_type_lists_the_known_ones_and_guesses() -> None:
    with pytest.raises(UnknownType, match=r"no connector type `saop` .*Did you mean `soap`\? Known: `rest`, `soap`\."):
        Registry().type("saop")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [("no_such_package:X", "cannot be loaded"), ("connectors.rest:RestSettings", "is not a ConnectorType value")],
)
def test_a_broken_plug_in_is_named(monkeypatch: pytest.MonkeyPatch, target: str, sentence: str) -> None:
    point = EntryPoint("tax", target, registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [point])
    with pytest.raises(BrokenType, match=rf"`tax` \({target}\) {sentence}"):
        Registry().type("tax")
