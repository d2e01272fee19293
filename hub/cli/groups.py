"""Groups of commands that do something without a command's name, too."""

from typing import Any

from typer.core import TyperGroup


class ListsByItself(TyperGroup):
    """`hub GROUP …` is `hub GROUP list …`, where what follows is no command of the group."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no command of the group is what to list."""
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["list", *args])
