"""People at the console: everybody's accounts, and one's own."""
