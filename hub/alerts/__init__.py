"""Trouble found by rules, kept until it is over, and told to whoever can mend it."""
