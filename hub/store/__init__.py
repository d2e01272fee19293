"""What we keep, and how it is read again. SQLAlchemy and alembic live here and nowhere else."""
