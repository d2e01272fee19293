"""What the configuration tells the pages: put there by `hub.web.app`."""

from datetime import timedelta
from pathlib import Path
from typing import Protocol, cast

from flask import current_app

from hub.inspection.effective import Setting
from hub.store.clients import Quota


class Settings(Protocol):
    """As far as the pages go by it."""

    @property
    def near_due(self) -> timedelta: ...

    @property
    def quota(self) -> Quota: ...

    @property
    def webhook_hosts(self) -> tuple[str, ...]: ...

    @property
    def webhook_plain_http(self) -> bool: ...

    @property
    def webhook_seconds(self) -> float: ...

    @property
    def webhook_ca_file(self) -> Path | None: ...

    @property
    def exports(self) -> Path: ...

    @property
    def effective(self) -> tuple[Setting, ...]: ...

    @property
    def folders(self) -> tuple[Path, ...]: ...


def settings() -> Settings:
    """The application's settings."""
    return cast("Settings", current_app.extensions["hub.settings"])
