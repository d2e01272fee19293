"""How to ask a department system. Knows HTTP, SOAP and bytes; knows no dossier and no database."""
