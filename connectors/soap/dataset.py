"""A .NET DataSet in an answer: its rows stay, what only .NET needs goes."""

from lxml import etree

_DIFFGRAM = "urn:schemas-microsoft-com:xml-diffgram-v1"
_MSDATA = "urn:schemas-microsoft-com:xml-msdata"
_XSD = "http://www.w3.org/2001/XMLSchema"


def plain_rows(content: etree._Element) -> None:
    """Leave only the rows as they are now.

    What rows were before, and rows that are deleted, are no records; numbers that .NET gives to rows are other ones
    in every answer, and would make an unchanged row look changed.
    """
    for diffgram in content.iter(f"{{{_DIFFGRAM}}}diffgram"):
        for element in [*diffgram.iter(f"{{{_DIFFGRAM}}}before", f"{{{_DIFFGRAM}}}errors")]:
            _remove(element)
        for element in diffgram.iter("*"):
            for name in list(element.attrib):
                if str(name).startswith((f"{{{_DIFFGRAM}}}", f"{{{_MSDATA}}}")):
                    del element.attrib[name]
        schema = diffgram.getprevious()
        if schema is not None and schema.tag == f"{{{_XSD}}}schema":
            _remove(schema)


def _remove(element: etree._Element) -> None:
    above = element.getparent()
    if above is not None:
        above.remove(element)
