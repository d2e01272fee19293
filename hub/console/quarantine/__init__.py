"""Records that could not be read: why, what came, what can be done, and reading them again."""

from hub.console.quarantine import doing, groups, record

PAGES = (*groups.PAGES, *record.PAGES, *doing.PAGES)
