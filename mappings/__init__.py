"""How to read what a department sent. Pure: no network, no clock, no database."""
