"""A run: from the department's page to the stored dossier, and who runs it."""
