"""What an exit code of `hub` means."""

from enum import IntEnum


class Exit(IntEnum):
    """Scripts may rely on these."""

    OK = 0
    FAILED = 1  # a run, a check or a case did not succeed; the output says which and why
    WRONG = 2  # the configuration, a mapping or the command itself is wrong; nothing was done
    STORE = 3  # the database does not answer, or is not at this version
    NOT_FOUND = 4  # there is no connector, dossier or key of that name
