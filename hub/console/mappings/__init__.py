"""Mappings: what is in use, every version, and changing one in the browser."""
