"""When connectors will run: by day, by week, tonight; and where too many run at once."""
