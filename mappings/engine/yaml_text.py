"""Writes plain data as YAML that `yaml_source` reads back as the same data."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML


def write(data: Any) -> str:
    """The data as YAML 1.2, keys in their order, one to a line."""
    yaml = YAML(pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 1000
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(data, text)
    return text.getvalue()
