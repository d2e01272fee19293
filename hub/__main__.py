"""`hub`, and `python -m hub`."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while its parts are still being loaded ends it as quietly as later."""
    try:
        from hub.cli.main import main as command  # noqa: PLC0415  (what may take a second is loaded where it may end)

        command()
    except KeyboardInterrupt:
        sys.exit(130)  # as `hub.cli.exits` says


if __name__ == "__main__":
    main()
