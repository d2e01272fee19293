"""Which days and hours are worked: holidays as data, an agency's hours, and what a term makes of them. Pure."""
