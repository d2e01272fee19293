"""The chapters of the reference, in the order in which a document is written."""

from mappings.reference.documents import DOCUMENT, INPUTS
from mappings.reference.fields import FIELD, LIST, TABLE
from mappings.reference.values import DATES, FORMS, LETTERS, TEXT
from mappings.reference.word import Chapter

CHAPTERS: tuple[Chapter, ...] = (DOCUMENT, INPUTS, FIELD, LIST, TABLE, TEXT, FORMS, DATES, LETTERS)
