"""A first mapping document, guessed from a department's records: names, forms and values in, text out."""
