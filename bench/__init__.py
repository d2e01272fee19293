"""What the hub reaches, as ratios to a limit or a peer measured in the same run."""
