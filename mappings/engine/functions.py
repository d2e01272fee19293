"""The closed list of functions: which fits which type of field, and how a field's words become its converter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from mappings.engine import numbers, text
from mappings.engine.convert import Convert, check_length, from_text, unless_missing
from mappings.engine.dates import HOME, date_reader, time_reader
from mappings.engine.document import EVERY, FieldSpec, Table
from mappings.engine.draft import Unreadable
from mappings.engine.forms import FINDABLE, FORMS, finder
from mappings.engine.lookup import depth, table_lookup
from mappings.engine.patterns import ISO, BadPattern, Pattern, pattern
from mappings.engine.target import Field, Type
from mappings.engine.yaml_model import did_you_mean

# Tells lint what is wrong: where in the field's words, what, and what would be right.
Wrong: TypeAlias = Callable[[tuple[str | int, ...], str, str], None]

FITS: dict[Type, frozenset[str]] = {
    Type.TEXT: frozenset({"text", "table", "by", "as", "find", "join"}),
    Type.TIME: frozenset({"date", "zone", "end_of_day"}),
    Type.DATE: frozenset({"date", "zone"}),
    Type.MONEY: frozenset({"money"}),
    Type.INTEGER: frozenset(),
    Type.BOOLEAN: frozenset({"table", "by", "text"}),
    Type.CHOICE: frozenset({"table", "by", "text", "as"}),
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
_ONE_OF = ("table", "as", "find")  # each of them reads the whole value
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
            Type.CHOICE: self._choice,
        }
        return make[self.field.type]()

    def _fits(self) -> bool:
        kind = KINDS[self.field.type]
        used = {FieldSpec.model_fields[name].alias or name for name in self.spec.model_fields_set}
        unfit = sorted(used & frozenset().union(*FITS.values()) - FITS[self.field.type])
        for name in unfit:
            allowed = ", ".join(sorted(FITS[self.field.type])) or "none of the functions"
            extra = "; facts under `extra.` are texts, kept as they stand" if kind == KINDS[Type.TEXT] else ""
            self.wrong((name,), f"`{name}` does not make {kind}", f"for {kind}: {allowed}{extra}")
        need = _NEEDS.get(self.field.type)
        lacking = need is not None and need not in used and not (need == "table" and "as" in used)
        if lacking:
            self.wrong((), f"this field is {kind} and needs `{need}`", f"add {_EXAMPLES[str(need)]}")
        return not unfit and not lacking and self._goes_together(used)

    def _goes_together(self, used: set[str]) -> bool:
        readers = [word for word in _ONE_OF if word in used]
        for word in readers[1:]:
            self.wrong((word,), f"`{word}` does not go with `{readers[0]}`", "each reads the whole value; keep one")
        if "text" in used and {"as", "find"} & set(readers):
            self.wrong(("text",), f"`text` has nothing to do beside `{readers[0]}`", "leave it out")
        if "by" in used and "table" not in used:
            self.wrong(("by",), "`by` needs a table that these fields decide together", "add `table: NAME`")
        return len(readers) < 2 and not ("by" in used and "table" not in used)

    def _text(self) -> Convert | None:
        spec = self.spec
        functions = self._text_functions()
        if spec.table is not None:
            return self._table()
        if spec.form is not None:
            return self._form()
        if spec.find is None:
            return text.reader(functions, self.missing)
        if spec.find not in FINDABLE:
            self.wrong(("find",), f'"{spec.find}" cannot be looked for', did_you_mean(spec.find, FINDABLE))
            return None
        return unless_missing(finder(FORMS[spec.find]), self.missing)

    def _form(self) -> Convert | None:
        name = self.spec.form or ""
        fitting = {one: form for one, form in FORMS.items() if set(form.gives) <= set(self.field.choices or form.gives)}
        if self.field.type is Type.CHOICE:
            fitting = {one: form for one, form in fitting.items() if form.gives}
        if name in fitting:
            return unless_missing(fitting[name].read, self.missing)
        what = "does not give the words of this field" if name in FORMS else "is not a form that can be read"
        self.wrong(("as",), f'"{name}" {what}', did_you_mean(name, fitting) if fitting else _EXAMPLES["table"])
        return None

    def _choice(self) -> Convert | None:
        return self._form() if self.spec.form is not None else self._table()

    def _text_functions(self) -> tuple[str, ...]:
        functions = tuple(self.spec.text or ())
        for at, name in enumerate(functions):
            if name not in text.FUNCTIONS:
                self.wrong(("text", at), f'"{name}" is not a function for text', did_you_mean(name, text.FUNCTIONS))
        charsets = [name for name in functions if name in text.CHARSETS]
        if len(charsets) > 1:
            what = f"a text is written in one charset, not in {' and '.join(charsets)}"
            self.wrong(("text", functions.index(charsets[1])), what, "keep the one that the source uses")
        return functions

    def _boolean(self) -> Convert | None:
        return self._table() if self.spec.table is not None else unless_missing(numbers.boolean, self.missing)

    def _money(self) -> Convert | None:
        if self.spec.money not in numbers.CURRENCIES:
            right = "amounts are in đồng: `money: vnd`; one in another currency goes to `extra.NAME`, as a text"
            self.wrong(("money",), f'"{self.spec.money}" is not a currency of the record', right)
            return None
        return unless_missing(numbers.money, self.missing)

    def _table(self) -> Convert | None:
        name = self.spec.table or ""
        decode = text.decoder(self._text_functions())
        if {("tables", name), ("tables", EVERY)} & self.unsound:
            return None  # what is wrong with the table is said there
        if name not in self.tables:
            self.wrong(("table",), f'there is no table "{name}"', did_you_mean(name, self.tables))
            return None
        asked, answering = depth(self.tables[name]), len(self.spec.by or ("",))
        if asked > answering:
            what = f'the table "{name}" asks for {asked} texts, and this field gives {answering}'
            self.wrong(("table",), what, "name the fields that decide together: `by: [PATH, PATH]`")
            return None
        return table_lookup(name, self.tables[name], decode=decode, missing=self.missing)

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
            near = did_you_mean(zone, available_timezones(), 0.8)
            near = f"{near} " if near.startswith("did") else ""
            what = f'there is no time zone "{zone}"'
            self.wrong(("zone",), what, f"{near}a name as America/Los_Angeles; left out: {HOME}")
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
        near = did_you_mean(str(value), field.choices) if field.choices else ""
        raise Unreadable(_wanted(field), near if near.startswith("did") else "")  # the choices are named already
    check_length(made, field.longest)
    return made


def _wanted(field: Field) -> str:
    return f"{KINDS[field.type]} of {', '.join(field.choices)}" if field.choices else KINDS[field.type]
