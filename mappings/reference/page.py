"""Writes the reference as a page of tables."""

from collections.abc import Iterator

from mappings.engine.shared_tables import SHARED
from mappings.reference.word import Chapter, Example, Word
from mappings.reference.words import CHAPTERS

_HEAD = (
    "# The mapping language\n",
    "Every word that a mapping may use, with an example each; the examples are run as tests. How a mapping is",
    "written, and what to look out for, is told in [mappings/README.md](../../mappings/README.md); the fields that",
    "can be filled are in [record.md](record.md). An example is one line of `fields:`; what else the document says",
    "stands below it.",
)


def page() -> str:
    """The whole page, without a note of who wrote it."""
    lines = list(_HEAD)
    for chapter in CHAPTERS:
        lines += _chapter(chapter)
    lines += [
        "\n## Tables that need not be written\n",
        "`table: NAME` with one of these names works in every document.",
    ]
    lines += [
        "A table of the same name in the document is used instead.\n",
        "| table | text | gives |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | {key} | `{value}` |" for name, table in SHARED.items() for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"\n## {chapter.title}\n"
    yield f"{chapter.about}\n"
    yield "| word | what it does | write | the record says | the draft has |"
    yield "|---|---|---|---|---|"
    yield from map(_row, chapter.words)


def _row(word: Word) -> str:
    example = word.example
    cells = (_code(word.name), word.does, _written(example), _code(example.record), _result(example.result))
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _written(example: Example) -> str:
    return "<br>".join(map(_code, [example.field, *example.beside.splitlines()]))


def _result(text: str) -> str:
    for word in ("problem ", "rejected "):
        values, found, sentence = text.partition(word)
        if found:
            return f"{_code(values.strip())} and {word}{_code(sentence)}" if values else f"{word}{_code(sentence)}"
    return _code(text)


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"
