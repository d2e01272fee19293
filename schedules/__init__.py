"""When a connector runs. Calls what it is given; knows not what that does."""
