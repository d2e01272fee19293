"""How a database gets from one version of the hub to the next."""
