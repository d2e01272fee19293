"""Every page of connectors and their secrets."""

from hub.console.connectors import drafts, life, listing, looks, one
from hub.console.secrets import pages as secrets

PAGES = (*listing.PAGES, *drafts.PAGES, *one.PAGES, *life.PAGES, *looks.PAGES, *secrets.PAGES)
