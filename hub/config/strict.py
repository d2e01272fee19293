"""What every part of a configuration has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """An unknown key is an error: it is a typo that would otherwise do nothing, silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)
