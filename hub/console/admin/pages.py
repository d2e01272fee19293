"""Every page of this room."""

from hub.console.admin import acts, client_keys, clients, exports, reads, settings, webhook_acts, webhooks

PAGES = tuple(
    page
    for part in (acts, reads, clients, client_keys, webhooks, webhook_acts, exports, settings)
    for page in part.PAGES
)
FILTERS = settings.FILTERS
