"""The settings of a `files` connector; the docs table, the lint and the JSON Schema come from here."""

import base64
import binascii
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, SecretStr, model_validator

from connectors.csv import Separator
from connectors.last_changed import LastChanged
from connectors.settings import Charset, Settings

Format: TypeAlias = Literal["auto", "csv", "xlsx", "json", "xml", "ndjson"]
KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


def _absolute(folder: Path) -> Path:
    if not folder.is_absolute() or ".." in folder.parts:
        raise ValueError("must be a whole path that begins with / and goes nowhere by `..`")
    return folder


def _remote(folder: str) -> str:
    if ".." in PurePosixPath(folder).parts:
        raise ValueError("must not go anywhere by `..`")
    return folder


def _simple_name(name: str) -> str:
    if name in (".", "..") or "/" in name or "\\" in name:
        raise ValueError("must be the name of a folder inside the folder, without a slash")
    return name


def _host_key(line: str) -> str:
    """`type base64`, out of whatever line it was copied from: known_hosts, ssh-keyscan or a .pub file."""
    words = line.split()
    at = next((at for at, word in enumerate(words) if word in KEY_TYPES), None)
    key = words[at + 1] if at is not None and at + 1 < len(words) else ""
    try:
        readable = len(base64.b64decode(key, validate=True)) > 16
    except binascii.Error:
        readable = False
    if at is None or not readable:
        raise ValueError("must be the server's public key, such as `ssh-ed25519 AAAA…`: a line of `ssh-keyscan HOST`")
    return f"{words[at]} {key}"


class SftpSettings(Settings):
    """A folder on another machine, reached by SFTP."""

    host: str = Field(min_length=1, description="The name or address of the SFTP server.")
    port: int = Field(default=22, ge=1, le=65535, description="Its port.")
    host_key: Annotated[str, AfterValidator(_host_key)] = Field(
        description="The server's public key, `ssh-ed25519 AAAA…`: who answers with another key is not talked to. "
        "`ssh-keyscan HOST` shows it; compare it with what the server's keeper reads out."
    )
    username: str = Field(min_length=1, description="The user that the department gave to the hub.")
    password: SecretStr | None = Field(default=None, description="Its password, unless a key is used.")
    key_file: Path | None = Field(
        default=None, description="The file with the hub's private key, instead of a password."
    )
    key_passphrase: SecretStr | None = Field(default=None, description="What opens that file, if it is locked.")
    folder: Annotated[str, AfterValidator(_remote)] = Field(
        default=".", min_length=1, description="The folder on the server; `.` is where the server lets the user in."
    )
    connect_timeout_seconds: float = Field(
        default=10, gt=0, description="How long to wait for a connection to be opened and agreed on."
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long the server may stay silent.")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.password is None) == (self.key_file is None):
            raise ValueError("give either `password` or `key_file`")
        if self.key_passphrase is not None and self.key_file is None:
            raise ValueError("`key_passphrase` needs `key_file` beside it")
        return self


class FilesSettings(Settings):
    """How to take records from files that somebody puts into a folder."""

    folder: Annotated[Path, AfterValidator(_absolute)] | None = Field(
        default=None, description="The folder on the hub's machine, or a share that is mounted there."
    )
    sftp: SftpSettings | None = Field(default=None, description="The folder on an SFTP server, instead of `folder`.")
    pattern: str = Field(
        default="*", min_length=1, description="Which files to take, such as `*.xlsx`; capitals do not matter."
    )
    format: Format = Field(default="auto", description="What the files are; `auto` looks into each.")
    sheet: str | None = Field(
        default=None, description="The sheet of a workbook; unless told, the first one that is not hidden."
    )
    header_row: int = Field(
        default=1, ge=1, le=1000, description="The row of a sheet or CSV file that has the names of the columns."
    )
    separator: Separator = Field(
        default="auto", description="What stands between the cells of a CSV file; `auto` sees it in the first row."
    )
    charset: Charset | None = Field(
        default=None, description="The charset of text files where it is not seen, such as windows-1258."
    )
    records: str = Field(
        default="",
        description="Where a JSON file has its list of records (a dotted path; empty: it is the list), or the element "
        "that is one record of an XML file.",
    )
    key: str = Field(min_length=1, description="The column or field that identifies a record for ever.")
    changed_at: LastChanged | None = Field(default=None, description="Where a record says when it last changed.")
    page_size: int = Field(default=1000, gt=0, le=100_000, description="How many records are stored at a time.")
    settle_seconds: float = Field(
        default=60, ge=0, description="A file is taken when it has not changed for so long. 0: as soon as it is seen."
    )
    marker: str | None = Field(
        default=None,
        min_length=1,
        description="The ending of a second, empty file that says that the first is complete, such as `.done`: "
        "`so.xlsx` is taken once `so.xlsx.done` is there, whatever `settle_seconds` says.",
    )
    processed: Annotated[str, AfterValidator(_simple_name)] = Field(
        default="processed", min_length=1, description="The folder inside the folder where files go that were read."
    )
    failed: Annotated[str, AfterValidator(_simple_name)] = Field(
        default="failed", min_length=1, description="Where files go that cannot be read, each with a note on why."
    )
    max_file_bytes: int = Field(default=256 * 1024 * 1024, gt=0, description="The largest file that is read.")
    max_unpacked_bytes: int = Field(
        default=1024 * 1024 * 1024, gt=0, description="The most that a workbook, which is compressed, may unpack to."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.folder is None) == (self.sftp is None):
            raise ValueError("give either `folder` or `sftp`")
        if self.processed == self.failed:
            raise ValueError("`processed` and `failed` must be two folders")
        return self
