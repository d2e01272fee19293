"""A connector type is found by its name: given ones first, then installed ones, and no global state."""

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from connectors import registry
from connectors.contract import ConnectorType
from connectors.registry import BrokenType, Registry, UnknownType
from connectors.rest import REST
from connectors.soap import SOAP

Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make these the installed types."""

    def points(**targets: str | list[str]) -> None:
        listed = {name: [told] if isinstance(told, str) else told for name, told in targets.items()}
        made = [EntryPoint(name, target, registry.GROUP) for name, told in listed.items() for target in told]
        monkeypatch.setattr(registry, "entry_points", lambda **_: made)

    return points


def test_the_built_in_types_come_through_the_door_for_plug_ins() -> None:
    assert Registry().type("rest") is REST
    assert Registry().type("soap") is SOAP


def test_a_given_type_wins_over_an_installed_one() -> None:
    own = ConnectorType(settings=REST.settings, open=REST.open)
    assert Registry({"soap": own}).type("soap") is own


def test_an_unknown_type_lists_the_known_ones_and_guesses(install: Install) -> None:
    install(rest="connectors.rest:REST", soap="connectors.soap:SOAP")
    with pytest.raises(UnknownType, match=r"no connector type `saop` .*Did you mean `soap`\? Known: `rest`, `soap`\."):
        Registry().type("saop")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("no_such_package:X", "cannot be loaded: “ModuleNotFoundError: .*no_such_package"),
        ("connectors.rest:NO_SUCH_NAME", "cannot be loaded: “AttributeError: .*NO_SUCH_NAME"),
        ("connectors.rest:RestSettings", "is not a ConnectorType value"),
    ],
)
def test_a_broken_plug_in_is_named(install: Install, target: str, sentence: str) -> None:
    install(tax=target)
    with pytest.raises(BrokenType, match=rf"`tax` \({target}\) {sentence}"):
        Registry().type("tax")


@pytest.mark.parametrize("text", ["this is no Python", "raise RuntimeError('no licence')", "1 / 0"])
def test_whatever_a_plug_in_does_when_it_is_loaded_is_one_sentence(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "hub_connector_that_is_broken.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    install(tax="hub_connector_that_is_broken:TAX", rest="connectors.rest:REST")
    with pytest.raises(BrokenType, match=r"connector type `tax` .* cannot be loaded: “[^\n]+”$"):
        Registry().type("tax")
    assert Registry().type("rest") is REST


def test_two_packages_that_offer_one_name_are_named_and_neither_is_chosen(install: Install) -> None:
    install(rest=["somebody:REST", "connectors.rest:REST"])
    with pytest.raises(BrokenType, match=r"offered twice, by connectors\.rest:REST and somebody:REST; uninstall"):
        Registry().type("rest")


def test_one_package_that_is_found_in_two_places_is_one(install: Install) -> None:
    install(rest=["connectors.rest:REST", "connectors.rest:REST"])
    assert Registry().type("rest") is REST
