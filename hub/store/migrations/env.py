"""What alembic runs: on the connection it is given, inside that connection's transaction."""

from alembic import context

from hub.store.watching_tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    user_module_prefix="",
)
context.run_migrations()
