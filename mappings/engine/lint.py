"""Everything that is wrong with a mapping document, in the order of its lines."""

from pathlib import Path

from mappings.engine.compile import build
from mappings.engine.document import examine
from mappings.engine.target import Targets
from mappings.engine.yaml_source import Finding


def lint(path: Path, targets: Targets) -> list[Finding]:
    """All findings at once: of the YAML, of the words in it, and of how they fit what they fill."""
    file, findings = examine(path)
    if file is not None:
        findings += build(file, targets)[1]
    return sorted(set(findings))
