"""A person's own editor on a text."""

import os
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.cli.exits import Exit
from hub.cli.output import stop


def edited(text: str, name: str) -> str | None:
    """What a person makes of the text in $VISUAL, $EDITOR or vi; None where it is left as it was."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with TemporaryDirectory() as folder:  # for its owner only
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*command, str(path)], check=True)  # noqa: S603  # the person's own choice
        except (OSError, subprocess.CalledProcessError) as error:
            stop(f"the editor {command[0]} did not work: {error}", Exit.WRONG, "Set $EDITOR to one that does.")
        changed = path.read_text(encoding="utf-8")
    return None if changed == text else changed
