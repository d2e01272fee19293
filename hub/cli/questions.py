"""The questions of `hub connector new`: from the settings of the connector type, each answer checked at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from connectors.registry import Registry
from hub.cli.output import err
from hub.config.references import References, refers, resolve
from hub.config.sections import ConnectorSection
from mappings.engine.yaml_model import did_you_mean, findings_of
from mappings.engine.yaml_source import Invalid, Source, parse
from mappings.engine.yaml_text import write

_ALSO = ("parameters", "records")  # nearly every system needs them, though they have a default
_HAND = "hand"


@dataclass(frozen=True, slots=True)
class Asked:
    """The answers: a document with references, and the secrets behind those that were typed in full."""

    name: str
    text: str
    secrets: dict[str, str] = field(repr=False)


def asked(registry: Registry, references: References, name: str | None) -> Asked:
    """Ask everything that a connector needs."""
    err.print("An empty answer takes what stands in brackets. Ctrl-C ends; nothing is registered then.")
    asking = _Asking(references, name or "")
    section = {"name": asking.scalar(ConnectorSection.model_fields["name"], "name", name)}
    asking.connector = section["name"]
    for part in ("title", "agency"):
        section[part] = asking.scalar(ConnectorSection.model_fields[part], part)
    section["mapping"] = asking.scalar(ConnectorSection.model_fields["mapping"], "mapping", f"{section['name']}/ho-so")
    section |= asking.schedule()
    kind = asking.choice("type", "How is the system asked?", registry.names(), "rest")
    settings = registry.type(kind).settings
    answers = asking.model(settings, "")
    answers |= asking.others(settings)
    ordered = {key: section[key] for key in ("name", "title")} | {"type": kind} | section
    return Asked(section["name"], write(ordered | {"settings": answers}), asking.secrets)


@dataclass(slots=True)
class _Asking:
    references: References
    connector: str
    secrets: dict[str, str] = field(default_factory=dict)

    def model(self, model: type[BaseModel], prefix: str) -> dict[str, Any]:
        """A group of settings: what must be set, which of several kinds, and the groups that may be there."""
        answers: dict[str, Any] = {}
        for name, info in sorted(model.model_fields.items(), key=lambda each: not each[1].is_required()):
            key = info.alias or name
            place, variants = f"{prefix}{key}", list(_variants(info.annotation))
            if _fixed(info):
                answers[key] = get_args(info.annotation)[0]
            elif len(variants) > 1:
                answers |= self._kind(key, place, info, variants)
            elif variants:
                if info.is_required() or typer.confirm(f"{_about(info)} Set {place}?", default=False, err=True):
                    answers[key] = self.model(variants[0], f"{place}.")
            elif info.is_required() or (key in _ALSO and not prefix):
                answers |= self._value(key, place, info)
        return answers

    def scalar(self, info: FieldInfo, place: str, default: str | None = None) -> Any:
        """One value."""
        adapter = _adapter(info)
        while True:
            text = typer.prompt(f"{_about(info)}\n{place}", default=default, err=True, prompt_suffix=": ")
            try:
                made = adapter.validate_python(self._resolved(text))
            except (ValidationError, Invalid) as error:
                _tell(error, info.annotation)
                continue
            return text if isinstance(made, str) or refers(text) else adapter.dump_python(made, mode="json")

    def choice(self, place: str, question: str, words: list[str], default: str) -> str:
        """One of several words."""
        while True:
            word: str = typer.prompt(f"{question} {', '.join(words)}\n{place}", default=default, err=True)
            if word in words:
                return word
            err.print(did_you_mean(word, words), markup=False)

    def schedule(self) -> dict[str, Any]:
        """How often it runs."""
        info = ConnectorSection.model_fields["schedule"]
        while True:
            every: str = typer.prompt(
                f"How often is it read? A time as in 15m or 2h, or {_HAND} for only by hand.\nschedule",
                default="15m",
                err=True,
            )
            if every == _HAND:
                return {}
            try:
                _adapter(info).validate_python({"every": every})
            except ValidationError as error:
                _tell(error, info.annotation)
                continue
            return {"schedule": {"every": every}}

    def others(self, model: type[BaseModel]) -> dict[str, Any]:
        """Any other setting, as it would stand in a file."""
        known = {info.alias or name: info for name, info in model.model_fields.items()}
        more: dict[str, Any] = {}
        err.print("Other settings? One a line as in `page_size: 50`; an empty line ends. Its README has them all.")
        while line := typer.prompt("setting", default="", show_default=False, err=True):
            try:
                data = parse(line, "this line").data
            except Invalid as invalid:
                _tell(invalid, None)
                continue
            if not isinstance(data, dict):
                err.print("write it as `name: value`", markup=False)
                continue
            for key, value in data.items():
                if key not in known:
                    err.print(f"there is no setting {key}; {did_you_mean(key, known)}", markup=False)
                elif self._fits(known[key], value):
                    more[key] = value
        return more

    def _fits(self, info: FieldInfo, value: Any) -> bool:
        try:
            _adapter(info).validate_python(self._resolved(value))
        except (ValidationError, Invalid) as error:
            _tell(error, info.annotation)
            return False
        return True

    def _kind(self, key: str, place: str, info: FieldInfo, variants: list[type[BaseModel]]) -> dict[str, Any]:
        kinds = {str(get_args(each.model_fields["type"].annotation)[0]): each for each in variants}
        usual = getattr(info.get_default(call_default_factory=True), "type", next(iter(kinds)))
        kind = self.choice(f"{place}.type", _about(info), list(kinds), usual)
        answers = self.model(kinds[kind], f"{place}.")
        return {} if kind == usual and len(answers) == 1 else {key: answers}

    def _value(self, key: str, place: str, info: FieldInfo) -> dict[str, Any]:
        if get_origin(info.annotation) is dict:
            pairs = self._pairs(place, info)
            return {key: pairs} if pairs else {}
        if info.annotation is SecretStr:
            return {key: self._secret(place, info)}
        value = self.scalar(info, place, None if info.is_required() else str(info.default))
        return {key: value} if value != "" else {}

    def _pairs(self, place: str, info: FieldInfo) -> dict[str, str]:
        err.print(f"{_about(info)} One a line as in `trang={{page}}`; an empty line ends.", markup=False)
        pairs: dict[str, str] = {}
        while line := typer.prompt(place, default="", show_default=False, err=True):
            name, equals, value = line.partition("=")
            if equals and name.strip():
                pairs[name.strip()] = value.strip()
            else:
                err.print("write it as name=value", markup=False)
        return pairs

    def _secret(self, place: str, info: FieldInfo) -> str:
        """A reference: what is typed itself goes to the hub's secrets."""
        question = f"{_about(info)} It is not shown; the hub keeps it encrypted. Or a reference, as ${{env:NAME}}."
        value: str = typer.prompt(f"{question}\n{place}", hide_input=True, err=True)
        if refers(value):
            return value
        name = f"{self.connector}.{place}"
        self.secrets[name] = value
        return f"${{secret:{name}}}"

    def _resolved(self, value: Any) -> Any:
        resolved = resolve(Source("answer", value, {}, {}), self.references)
        if resolved.findings:
            raise Invalid(resolved.findings)
        return resolved.source.data


def _variants(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a value may be of, however they are wrapped; not those inside a dict or a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) not in (dict, list, tuple):
        for part in get_args(annotation):
            yield from _variants(part)


def _fixed(info: FieldInfo) -> bool:
    """Whether only one word can stand here: the one that says of which kind the group is."""
    return get_origin(info.annotation) is Literal and len(get_args(info.annotation)) == 1


def _adapter(info: FieldInfo) -> TypeAdapter[Any]:
    kind: Any = info.annotation
    return TypeAdapter(Annotated[(kind, *info.metadata)] if info.metadata else kind)


def _about(info: FieldInfo) -> str:
    return info.description or ""


def _tell(error: ValidationError | Invalid, annotation: Any) -> None:
    nowhere = Source("answer", None, {}, {})
    found = findings_of(error, nowhere, annotation) if isinstance(error, ValidationError) else error.findings
    for finding in found:
        err.print("; ".join(filter(None, [finding.what, finding.right])), markup=False, soft_wrap=True)
