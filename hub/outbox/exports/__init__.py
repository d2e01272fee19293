"""Files of many dossiers: asked for, written by a thread of their own, fetched in as many pieces as it takes."""
