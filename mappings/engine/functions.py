"""The closed list of functions: which fits which type of field, and how a field's words become its converter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mappings.engine import numbers, text
from mappings.engine.convert import Convert, from_text, table_lookup, unless_missing
from mappings.engine.dates import HOME, ISO, BadPattern, Pattern, date_reader, pattern, time_reader
from mappings.engine.document import EVERY, FieldSpec, Table
from mappings.engine.draft import Unreadable
from mappings.engine.identity import FORMS
from mappings.engine.target import Field, Type
from mappings.engine.yaml_model import did_you_mean

# Tells lint what is wrong: where in the field's words, what, and what would be right.
Wrong: TypeAlias = Callable[[tuple[str | int, ...], str, str], None]

FITS: dict[Type, frozenset[str]] = {
    Type.TEXT: frozenset({"text", "table", "as", "join"}),
    Type.TIME: frozenset({"date", "zone", "end_of_day"}),
    Type.DATE: frozenset({"date", "zone"}),
    Type.MONEY: frozenset({"money"}),
    Type.INTEGER: frozenset(),
    Type.BOOLEAN: frozenset({"table", "text"}),
    Type.CHOICE: frozenset({"table", "text"}),
}
KINDS = {
    Type.TEXT: "a text",
    Type.TIME: "a time",
    Type.DATE: "a date",
    Type.MONEY: numbers.MONEY,
    Type.INTEGER: numbers.INTEGER,
    Type.BOOLEAN: "true or false",
    Type.CHOICE: "a choice",
}
_NEEDS = {Type.TIME: "date", Type.DATE: "date", Type.MONEY: "money", Type.CHOICE: "table"}
_EXAMPLES = {"date": '`date: "dd/MM/yyyy HH:mm"` or `date: iso`', "money": "`money: vnd`", "table": "`table: NAME`"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes the converter of one field; everything wrong with its words is told to `wrong`."""

    spec: FieldSpec
    field: Field
    tables: Mapping[str, Table]
    unsound: frozenset[tuple[str, str]]
    missing: frozenset[str]
    wrong: Wrong

    def converter(self) -> Convert | None:
        """None where the words are wrong."""
        if not self._fits():
            return None
        make = {
            Type.TEXT: self._text,
            Type.TIME: self._time,
            Type.DATE: self._date,
            Type.MONEY: self._money,
            Type.INTEGER: lambda: unless_missing(numbers.integer, self.missing),
            Type.BOOLEAN: self._boolean,
            Type.CHOICE: self._table,
        }
        return make[self.field.type]()

    def _fits(self) -> bool:
        kind = KINDS[self.field.type]
        used = {FieldSpec.model_fields[name].alias or name for name in self.spec.model_fields_set}
        unfit = sorted(used & frozenset().union(*FITS.values()) - FITS[self.field.type])
        for name in unfit:
            allowed = ", ".join(sorted(FITS[self.field.type])) or "none of the functions"
            self.wrong((name,), f"`{name}` does not make {kind}", f"for {kind}: {allowed}")
        need = _NEEDS.get(self.field.type)
        if need and need not in used:
            self.wrong((), f"this field is {kind} and needs `{need}`", f"add {_EXAMPLES[need]}")
        return not unfit and (need is None or need in used)

    def _text(self) -> Convert | None:
        spec = self.spec
        functions = self._text_functions()
        if spec.table is not None:
            return self._table()
        if spec.form is None:
            return text.reader(functions, self.missing)
        if spec.form not in FORMS:
            self.wrong(("as",), f'"{spec.form}" is not a form that can be read', did_you_mean(spec.form, FORMS))
            return None
        return unless_missing(FORMS[spec.form], self.missing)

    def _text_functions(self) -> tuple[str, ...]:
        functions = tuple(self.spec.text or ())
        for at, name in enumerate(functions):
            if name not in text.FUNCTIONS:
                self.wrong(("text", at), f'"{name}" is not a function for text', did_you_mean(name, text.FUNCTIONS))
        return functions

    def _boolean(self) -> Convert | None:
        return self._table() if self.spec.table is not None else unless_missing(numbers.boolean, self.missing)

    def _money(self) -> Convert | None:
        if self.spec.money not in numbers.CURRENCIES:
            self.wrong(("money",), f'"{self.spec.money}" is not a currency of the record', "write `money: vnd`")
            return None
        return unless_missing(numbers.money, self.missing)

    def _table(self) -> Convert | None:
        name = self.spec.table or ""
        tcvn3 = "tcvn3" in self._text_functions()
        if {("tables", name), ("tables", EVERY)} & self.unsound:
            return None  # what is wrong with the table is said there
        if name not in self.tables:
            self.wrong(("table",), f'there is no table "{name}"', did_you_mean(name, self.tables))
            return None
        return table_lookup(name, self.tables[name], tcvn3=tcvn3, missing=self.missing)

    def _time(self) -> Convert | None:
        patterns, zone = self._patterns(), self._zone()
        for at, one in enumerate(patterns):
            if self.spec.end_of_day and one.has_time:
                self.wrong(("date", at), f'`end_of_day` throws the time of "{one.text}" away', "leave one of them out")
        if not patterns or zone is None:
            return None
        return from_text(time_reader(patterns, zone, end_of_day=self.spec.end_of_day), self.missing)

    def _date(self) -> Convert | None:
        patterns, zone = self._patterns(), self._zone()
        return from_text(date_reader(patterns, zone), self.missing) if patterns and zone else None

    def _patterns(self) -> list[Pattern]:
        patterns = []
        for at, one in enumerate(self.spec.date or ()):
            try:
                patterns.append(pattern(one))
            except BadPattern as bad:
                self.wrong(("date", at), bad.what, bad.right)
        if not self.spec.date:
            self.wrong(("date",), "the list of patterns is empty", _EXAMPLES["date"])
        return patterns

    def _zone(self) -> str | None:
        zone = self.spec.zone or HOME
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(("zone",), f'there is no time zone "{zone}"', f"write it as `zone: {HOME}` or `zone: UTC`")
            return None
        return zone


def given(value: Any, field: Field) -> Any:
    """A value that the document itself gives, in the record's form. Raises `Unreadable` where it does not fit."""
    fixed: dict[Type, Callable[[Any], Any]] = {
        Type.TIME: from_text(time_reader([pattern(ISO)], HOME, end_of_day=False), ()),
        Type.DATE: from_text(date_reader([pattern(ISO)], HOME), ()),
        Type.MONEY: numbers.money,
    }
    if field.type in (Type.TEXT, Type.CHOICE):
        made: Any = text.clean(value) if isinstance(value, str) else None
    elif field.type is Type.BOOLEAN:
        made = value if isinstance(value, bool) else None
    elif field.type is Type.INTEGER:
        made = value if isinstance(value, int) and not isinstance(value, bool) else None
    else:
        made = fixed[field.type](value)
    if made is None or made == "" or (field.type is Type.CHOICE and made not in field.choices):
        raise Unreadable(_wanted(field), did_you_mean(str(value), field.choices) if field.choices else "")
    return made


def _wanted(field: Field) -> str:
    return f"{KINDS[field.type]} of {', '.join(field.choices)}" if field.choices else KINDS[field.type]
