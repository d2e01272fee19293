"""The mapping language: documents, their compilation, functions, lint and cases."""

from mappings.engine.cases import CaseResult, run_cases
from mappings.engine.compile import compile  # noqa: A004 - the word that the README uses
from mappings.engine.document import MappingFile, load
from mappings.engine.draft import Draft, Problem
from mappings.engine.library import Library, UnknownMapping
from mappings.engine.lint import lint
from mappings.engine.reading import Mapping
from mappings.engine.target import Field, Target, Targets, Type
from mappings.engine.yaml_source import Finding, Invalid

__all__ = [
    "CaseResult",
    "Draft",
    "Field",
    "Finding",
    "Invalid",
    "Library",
    "Mapping",
    "MappingFile",
    "Problem",
    "Target",
    "Targets",
    "Type",
    "UnknownMapping",
    "compile",
    "lint",
    "load",
    "run_cases",
]
