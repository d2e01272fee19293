"""The centre: the record, the store, a run, the API, the console, the command line."""
