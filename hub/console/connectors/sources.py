"""What somebody has of their system: an address, or files that they send. Files are read and thrown away."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from connectors.registry import Registry
from hub.console.connectors.looking import NoAnswer, Trouble, ask
from hub.console.connectors.writing import local_systems
from hub.console.visitor import visitor
from hub.inspection.discovery import Discovery, described
from hub.inspection.reach import NotReachable, host_of, refuse
from hub.inspection.skeleton_parts import ASK

LARGEST = 4 * 1024 * 1024  # bytes of a form with its files
MOST_FILES = 40


@dataclass(frozen=True, slots=True)
class Has:
    """What they gave."""

    address: str
    files: Sequence[FileStorage]

    def __bool__(self) -> bool:
        return bool(self.address or self.files)


def described_by(has: Has, registry: Registry) -> Discovery:
    """What the system offers.

    Raises:
        NoAnswer: it cannot be read; why, and what to do.
    """
    if not has.address:
        with kept(has.files) as place:
            found = ask(lambda: described(str(place), registry))
        return replace(found, place=ASK)
    if host_of(has.address) is None:
        raise NoAnswer(Trouble(_("Địa chỉ phải bắt đầu bằng http:// hoặc https://.")))
    if visitor().scope.agencies is not None:
        try:
            refuse([host_of(has.address) or ""], local_systems())
        except NotReachable as error:
            what = _("Địa chỉ này dẫn về máy chủ của hub, không phải hệ thống của cơ quan.")
            raise NoAnswer(Trouble(what, _("Hãy ghi địa chỉ hệ thống của bạn."), str(error))) from None
    return ask(lambda: described(has.address, registry))


@contextmanager
def kept(files: Sequence[FileStorage]) -> Iterator[Path]:
    """The files in a folder that is gone afterwards; one file by itself."""
    with TemporaryDirectory() as folder:
        for at, file in enumerate(files[:MOST_FILES]):
            name = PurePath((file.filename or "").replace("\\", "/")).name.replace("\0", "") or f"file-{at}"
            file.save(Path(folder) / name[-120:])
        found = sorted(Path(folder).iterdir())
        yield found[0] if len(found) == 1 else Path(folder)
