"""Build hook: copies htmx and Bootstrap out of PyPI packages that carry them, and compiles the translations.

So the console needs no CDN and no npm, and no third-party file is committed.
"""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = {
    "django_htmx": ["static/django_htmx/htmx-2.min.js"],
    "flask_bootstrap": ["static/bootstrap5/css/bootstrap.min.css"],
}


class AssetsHook(BuildHookInterface[Any]):
    """Runs for wheels and for editable installs alike."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fill `hub/console/static/vendor` and write each `messages.mo` beside its `messages.po`."""
        console = Path(self.root, "hub/console")
        vendor = console / "static/vendor"
        vendor.mkdir(parents=True, exist_ok=True)
        for package, files in CARRIED.items():
            for file in files:
                shutil.copyfile(_folder(package) / file, vendor / Path(file).name)
        for source in console.glob("translations/*/LC_MESSAGES/messages.po"):
            with source.open("rb") as read, source.with_suffix(".mo").open("wb") as written:
                write_mo(written, read_po(read))


def _folder(package: str) -> Path:
    """Where a package lies, without importing it: Django must not be set up to copy one file."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{package} is not installed: is it still in [build-system] requires?")
    return Path(spec.submodule_search_locations[0])
