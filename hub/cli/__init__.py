"""The command line: everything is scriptable (`--json`), and exit codes mean something (`hub/cli/exits.py`)."""
