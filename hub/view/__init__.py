"""A dossier as somebody may see it: trimmed and masked by a grant, in our form or the national portal's."""
