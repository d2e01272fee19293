"""Pages that show what a portal on the API looks like, and the public look-up."""
