"""`alerts:` of config.yaml: defaults that are right, secrets by reference alone, and what is wrong in a sentence."""

from datetime import timedelta
from pathlib import Path

import pytest

from connectors.registry import Registry
from hub.alerts.hook import Hook
from hub.alerts.kinds import ALWAYS, Rule, Severity
from hub.alerts.mail import Mail
from hub.alerts.policy import NotSent
from hub.alerts.thresholds import Thresholds
from hub.config.alerting import RulesSection
from hub.config.file import Configuration, understand
from hub.store.database import connect
from hub.store.schema import upgrade
from hub.wiring import alert_policy, vault
from mappings.engine.yaml_source import Invalid, Source, parse

MAIL = "{name: truc, kind: mail, host: smtp.example, from: hub@hub.example, to: [truc@hub.example]%s}"
HOOK = "{name: chat, kind: webhook, url: 'https://chat.example/hook?key=abc', secret: '%s'}"
WHSEC = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="


def source(text: str) -> Source:
    return parse(text, "config.yaml")


def configured(text: str, folder: Path, **environment: str) -> Configuration:
    return understand(source(text), folder, Registry(), environment)


def wrong(text: str, folder: Path) -> str:
    with pytest.raises(Invalid) as invalid:
        configured(text, folder)
    return str(invalid.value)


def test_without_a_word_every_rule_is_on_with_its_defaults() -> None:
    assert RulesSection().read() == Thresholds()


def test_every_rule_that_can_be_turned_off_has_its_section() -> None:
    assert set(RulesSection.model_fields) == set(Rule) - ALWAYS


def test_rules_are_set_one_by_one(tmp_path: Path) -> None:
    text = "alerts: {rules: {volume: {on: false}, freshness: {after: 1h}, disk: {free: 0.2}}}"
    limits = configured(text, tmp_path).config.alerts.rules.read()
    assert (limits.off, limits.freshness_after, limits.disk_free) == ({Rule.VOLUME}, timedelta(hours=1), 0.2)
    assert not limits.looks_for(Rule.VOLUME)
    assert limits.looks_for(Rule.RULE_FAILED)


def test_channels_are_read_with_whom_they_concern_and_secrets_from_wherever_they_are(tmp_path: Path) -> None:
    database = connect("sqlite:///hub.db", tmp_path)
    upgrade(database)
    mail = MAIL % ", user: hub, password: '${secret:thu}', severity: critical, level: 1, agencies: [000.00.15.H29]"
    text = f"alerts: {{address: 'https://hub.example/', channels: [{mail}, {HOOK % '${env:CHAT}'}]}}"
    found = configured(text, tmp_path, CHAT=WHSEC)
    policy = alert_policy(found, database)
    post, chat = policy.channels
    assert isinstance(post.way, Mail)
    assert isinstance(chat.way, Hook)
    assert (post.severity, post.level, post.agencies) == (Severity.CRITICAL, 1, ("000.00.15.H29",))
    assert (post.way.port, chat.way.secret(), policy.address) == (587, WHSEC, "https://hub.example")
    assert chat.to == "https://chat.example"  # tokens stand in paths and queries
    with pytest.raises(NotSent, match="the hub keeps no secret thu"):
        post.way.password()
    vault(found, database).put("thu", "only-for-tests", None)
    assert post.way.password() == "only-for-tests"
    assert WHSEC not in repr(policy)
    database.close()


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (MAIL % ", user: hub, password: abc", "`password` of a channel must not stand in the file"),
        (HOOK % WHSEC, "`secret` of a channel must not stand in the file"),
        (MAIL % ", user: hub, security: none", "a password must not travel openly"),
        (MAIL % ", ca_file: '${secret:x}'", "can be used in connectors and channels only"),
        (f"{MAIL % ''}, {MAIL % ''}", "a channel is named twice"),
        (MAIL % ", timeout: 5m", "`timeout` must be from 1s to 60s"),
        ((MAIL % "").replace("truc@hub", "a@b>, c@hub"), "write it as duty@hub.example"),
        ((MAIL % "").replace("kind: mail", "kind: fax"), "it must be mail or webhook"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, channels: str, said: str) -> None:
    told = wrong(f"alerts:\n  channels: [{channels}]", tmp_path)
    assert said in told
    assert "config.yaml:2" in told or "config.yaml:1" in told
    assert "abc" not in told.replace("key=abc", "")
