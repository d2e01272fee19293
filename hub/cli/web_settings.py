"""What the web part is told by the configuration."""

from hub.api.settings import Issuer, Public, Settings
from hub.config.effective import effective
from hub.config.file import Configuration
from hub.store.clients import Quota


def web_settings(found: Configuration) -> Settings:
    """The web part's settings, its folders absolute."""
    config, root = found.config, found.root
    return Settings(
        near_due=config.due.near,
        proxies=config.web.proxies,
        issuers=tuple(
            Issuer(**one.model_dump() | {"ca_file": one.ca_file and root / one.ca_file})
            for one in config.access.issuers
        ),
        quota=Quota(config.access.quota.per_minute, config.access.quota.per_day),
        public=Public(**dict(config.public)),
        portal_client=config.portal.client if config.portal.pages else None,
        sign_in=config.sign_in.read(root),
        webhook_hosts=config.webhooks.hosts,
        webhook_plain_http=config.webhooks.plain_http,
        webhook_seconds=config.webhooks.timeout.total_seconds(),
        webhook_ca_file=config.webhooks.ca_file and root / config.webhooks.ca_file,
        exports=root / config.exports.folder,
        metrics=config.telemetry.metrics.on,
        metrics_open_to=config.telemetry.metrics.networks(),
        places=config.workers.threads,
        local_systems=config.web.local_systems,
        effective=effective(found),
        folders=(root / config.exports.folder, root / config.reads.folder),
    )
