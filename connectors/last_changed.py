"""Where a record says when it last changed, for types that ask for nothing by time."""

from pydantic import Field

from connectors.settings import ChangedAt, Settings, TimePattern, Zone


class LastChanged(Settings):
    """The part of `ChangedAt` that reading a record takes."""

    from_: str = Field(alias="from", min_length=1, description="The field of a record that says when it last changed.")
    date: TimePattern = Field(
        default="iso", description="How that time is written: `iso`, or a pattern such as `dd/MM/yyyy HH:mm:ss`."
    )
    zone: Zone = Field(default="Asia/Ho_Chi_Minh", description="The time zone of times that do not say theirs.")

    @property
    def read(self) -> ChangedAt:
        """As `RecordReader` takes it."""
        return ChangedAt.model_validate({"from": self.from_, "date": self.date, "zone": self.zone})
