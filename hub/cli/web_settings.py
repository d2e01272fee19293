"""What the web part is told by the configuration."""

from hub.config.file import Configuration
from hub.store.clients import Quota
from hub.web.settings import Issuer, Public, Settings


def web_settings(found: Configuration) -> Settings:
    """The web part's settings, its folders absolute."""
    config, root = found.config, found.root
    return Settings(
        near_due=config.due.near,
        issuers=tuple(Issuer(**dict(one)) for one in config.access.issuers),
        quota=Quota(config.access.quota.per_minute, config.access.quota.per_day),
        reads=root / config.reads.folder,
        public=Public(**dict(config.public)),
        portal_client=config.portal.client if config.portal.pages else None,
        webhook_hosts=config.webhooks.hosts,
        webhook_plain_http=config.webhooks.plain_http,
        exports=root / config.exports.folder,
    )
