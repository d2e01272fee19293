"""The configuration: what it may say (`sections`), how it is read (`file`), where its secrets stand (`references`)."""
