"""An answer that comes with files (MTOM, SOAP with attachments): the envelope, with the files put back into it."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from hashlib import sha256
from quopri import decodestring
from urllib.parse import unquote

from lxml import etree

from connectors.answers import Answer
from connectors.errors import Changed, Unavailable

LARGEST = 7 * 1024 * 1024  # bytes of a file that is put back; as a text of a record it takes a third more
_MOST_PARTS = 1_000
_INCLUDE = "{http://www.w3.org/2004/08/xop/include}Include"
ATTACHMENT = "attachment"  # the element that a file becomes which no element refers to


@dataclass(frozen=True, slots=True)
class File:
    """A part of a message beside the envelope."""

    name: str  # its Content-ID
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MultipartMessage:
    """The envelope and the files of an answer."""

    envelope: bytes
    charset: str | None
    files: tuple[File, ...]

    def put_back(self, content: etree._Element) -> None:
        """Put each file where the envelope refers to it, as base64; the others behind everything else."""
        files, used = {file.name: file for file in self.files}, set[str]()
        for element in list(content.iter("*")):
            name = _content_id(element.get("href", "") or (element.text or "").strip())
            if name in files:
                used.add(name)
                _fill(_holder(element), files[name])
        for file in self.files:
            if file.name not in used:
                added = etree.SubElement(content, ATTACHMENT, id=file.name, type=file.media_type)
                _fill(added, file)


def message_of(answer: Answer) -> MultipartMessage | None:
    """The parts of an answer; None where it is not made of parts."""
    if answer.media_type != "multipart/related":
        return None
    told = _header(answer.headers.get("Content-Type", ""))
    boundary = told.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise _broken(answer, "does not say where its parts begin")
    parts = list(_parts(answer, boundary.encode()))
    if not parts:
        raise _broken(answer, "has no parts")
    start = told.get_param("start")
    root = next((part for part in parts if isinstance(start, str) and _id(part[0]) == start.strip("<> ")), parts[0])
    charset = root[0].get_param("charset")
    return MultipartMessage(
        envelope=root[1],
        charset=charset if isinstance(charset, str) else None,
        files=tuple(File(_id(head), head.get_content_type(), body) for head, body in parts if head is not root[0]),
    )


def _parts(answer: Answer, boundary: bytes) -> Iterator[tuple[Message, bytes]]:
    body = b"\r\n" + answer.body
    edge = b"\n--" + boundary
    pieces = body.split(edge)
    if not pieces[-1].startswith(b"--"):
        raise Unavailable(
            f"the answer of {answer.address} is half a message: its last part has no end",
            code="truncated",
            hint="Nothing is lost; the hub asks again later. If it lasts, lower `page_size`.",
        )
    if len(pieces) > _MOST_PARTS:
        raise _broken(answer, f"is made of more than {_MOST_PARTS:,} parts")
    for piece in pieces[1:-1]:
        head, _, content = piece.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
        header = BytesHeaderParser().parsebytes(head.lstrip(b" \t\r\n") + b"\n\n")
        yield header, _decoded(header, content.removesuffix(b"\r"), answer)


def _decoded(head: Message, content: bytes, answer: Answer) -> bytes:
    coding = str(head.get("Content-Transfer-Encoding", "")).strip().lower()
    if coding == "quoted-printable":
        return decodestring(content)
    if coding != "base64":
        return content
    try:
        return b64decode(content)
    except NotBase64:
        raise _broken(answer, "has a part that is not in base64, as it says") from None


def _holder(referring: etree._Element) -> etree._Element:
    """The element that is to hold a file, without its reference."""
    above = referring.getparent()
    if referring.tag == _INCLUDE and above is not None:
        above.remove(referring)
        return above
    if referring.get("href"):
        del referring.attrib["href"]
    return referring


def _fill(element: etree._Element, file: File) -> None:
    if len(file.content) <= LARGEST:
        element.text = b64encode(file.content).decode()
        return
    # Too large to be part of a record; its digest still shows whether it is another one than before.
    element.text = None
    element.set("size", str(len(file.content)))
    element.set("sha256", sha256(file.content).hexdigest())


def _content_id(reference: str) -> str:
    return unquote(reference[4:]) if reference[:4].lower() == "cid:" else ""


def _id(head: Message) -> str:
    return str(head.get("Content-ID", "")).strip().strip("<>")


def _header(content_type: str) -> Message:
    message = Message()
    message["Content-Type"] = content_type
    return message


def _broken(answer: Answer, what: str) -> Changed:
    return Changed(
        f"the answer of {answer.address} comes in parts and {what}",
        code="multipart",
        hint="Show the kept answer to the department; the fault is in what their system wrote.",
    )
