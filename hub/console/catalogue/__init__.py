"""Pages of the catalogues: agencies and procedures, codes that are missing, what is served twice, loading a file."""

from hub.console.catalogue import findings, lists, loading

PAGES = (*lists.PAGES, *findings.PAGES, *loading.PAGES)
