"""The central record: what a dossier is, what identifies it, how its sources become one. Imports nothing of ours."""
