"""Signing in: passwords, second factors, the provider of identities, and sessions."""
