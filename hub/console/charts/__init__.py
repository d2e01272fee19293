"""Charts where people would rather look: drawn here as SVG, each with its numbers one click away."""
