"""What the hub says of itself to machines: metrics and traces."""
