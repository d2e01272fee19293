"""Looking at a department system for a person: check, discover, preview, scaffold. Nothing here stores anything."""
