"""What an exit code of `hub` means."""

from enum import IntEnum


class Exit(IntEnum):
    """Scripts may rely on these."""

    meaning: str

    OK = 0, "done"
    FAILED = 1, "a run, a check or a case did not succeed; the output says which and why"
    WRONG = 2, "the configuration, a mapping or the command itself is wrong; nothing was done"
    STORE = 3, "the database does not answer, or is not at this version"
    NOT_FOUND = 4, "there is no connector, dossier, mapping, key or record of that name"
    CHANGES = 5, "a `--dry-run` or `hub mapping diff` found what would change; nothing was done"
    STOPPED = 130, "stopped by Ctrl-C or SIGTERM; nothing is lost"

    def __new__(cls, code: int, meaning: str) -> "Exit":
        """An exit code that knows what it means."""
        made = int.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made
