"""What can go wrong between the hub and a department system, by what happens next.

ConnectorError
├── Unavailable     wait and try again; nothing is lost
├── Refused         stop: credentials or rights, a person must act
├── Changed         stop: their interface moved or is not what the settings say
└── BadRecord       set one record aside and go on
"""


class ConnectorError(Exception):
    """One sentence for the operator (`str(error)`), a stable `code`, and a `hint` on what to do."""

    def __init__(self, sentence: str, *, code: str, hint: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.hint = hint


class Unavailable(ConnectorError):
    """The department system does not answer properly just now; trying again later may mend it."""

    def __init__(
        self, sentence: str, *, code: str = "unavailable", hint: str, retry_after: float | None = None
    ) -> None:
        super().__init__(sentence, code=code, hint=hint)
        self.retry_after = retry_after  # seconds, when the department said so (Retry-After)


class Refused(ConnectorError):
    """The department system knows us and says no; trying again would only lock an account."""


class Changed(ConnectorError):
    """The answer is not of the form that the settings promise; trying again gives the same answer."""


class BadRecord(ConnectorError):
    """One record cannot be told apart or decoded; it is set aside with its bytes and the run goes on."""

    def __init__(self, sentence: str, *, key: str, raw: bytes, code: str = "bad_record", hint: str) -> None:
        super().__init__(sentence, code=code, hint=hint)
        self.key = key
        self.raw = raw
