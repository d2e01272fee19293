"""Runs at the console: the list, one run with what it did and asked, and asking for one by hand."""

from hub.console.runs import doing, exchange, listing, one

PAGES = (*listing.PAGES, *one.PAGES, *exchange.PAGES, *doing.PAGES)
