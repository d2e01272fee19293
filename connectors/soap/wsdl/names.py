"""Names in a WSDL and its schemas, and what stands beside them in words."""

from lxml import etree

XSD = "http://www.w3.org/2001/XMLSchema"
SOAP_ENCODING = ("http://schemas.xmlsoap.org/soap/encoding/", "http://www.w3.org/2003/05/soap-encoding")


def split(name: str) -> tuple[str, str]:
    """The namespace ("" for none) and the local part of a {namespace}local."""
    namespace, _, local = name.rpartition("}")
    return namespace[1:], local


def join(namespace: str | None, local: str) -> str:
    """The opposite of `split`."""
    return f"{{{namespace}}}{local}" if namespace else local


def is_plain(namespace: str) -> bool:
    """Whether the types of a namespace are the built-in ones; SOAP encoding has them once more under its own name."""
    return namespace == XSD or namespace in SOAP_ENCODING


def plain_type(name: str) -> str:
    """The built-in type that a name of XML Schema or SOAP encoding means."""
    local = split(name)[1]
    return {"Array": "anyType", "Struct": "anyType", "base64": "base64Binary"}.get(local, local)


def owner_of(node: etree._Element) -> str:
    """The innermost named thing that a node is part of."""
    for each in (node, *node.iterancestors()):
        if each.get("name"):
            return f"`{each.get('name')}`"
    return "the WSDL"


def documentation(node: etree._Element) -> str:
    """What a schema or WSDL says of a part, in its own words."""
    texts = list(node.iterfind("{*}annotation/{*}documentation"))
    texts = texts or [*node.iterfind("{*}documentation"), *node.iterfind("{*}annotation/{*}appinfo/{*}title")]
    return " ".join(" ".join("".join(map(str, text.itertext())).split()) for text in texts[:1])
