"""Telling subscribers of changes: CloudEvents, signed as Standard Webhooks, in order, until they have arrived."""
