"""Pages of the central record: dossiers, what happened to each, what may be the same, and what was received."""
