"""What is wrong with parameters or a document, in sentences: each mistake with the name that it is about."""

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from connectors.wording import did_you_mean


def mistakes(error: ValidationError, known: Iterable[str]) -> list[tuple[str, str]]:
    """Each mistake as its parameter and a sentence; `known` are the names that there are."""
    names = list(known)
    return [(str(each["loc"][0] if each["loc"] else ""), _sentence(each, names)) for each in error.errors()]


def _sentence(error: Any, known: list[str]) -> str:
    name = error["loc"][0] if error["loc"] else ""
    match error["type"]:
        case "extra_forbidden":
            return f"`{name}` is not known here. {did_you_mean(str(name), known) if known else 'Leave it out.'}"
        case "value_error":
            return f"{error['ctx']['error']}."
        case "enum":
            choices = [choice.strip("' ") for choice in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
            return f"`{name}` cannot be “{error['input']}”. {did_you_mean(str(error['input']), choices)}"
        case "model_type" | "model_attributes_type" if not name:
            return "The body must be a JSON object; send {} where it has nothing to say."
    return f"`{name}`{_too_many_or_few(error) or _as_pydantic_says(error)}."


def _too_many_or_few(error: Any) -> str:
    match error["type"]:
        case "too_long":
            return f" has {error['ctx']['actual_length'] or 'more'} entries; give {error['ctx']['max_length']} at most"
        case "too_short":
            return f" has {error['ctx']['actual_length']} entries; give {error['ctx']['min_length']} at least"
    return ""


def _as_pydantic_says(error: Any) -> str:
    return f": {error['msg'][0].lower()}{error['msg'][1:]}"
