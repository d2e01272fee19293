"""Pages for whoever keeps the hub: who changed and who read what, clients, webhooks, exports, settings."""
