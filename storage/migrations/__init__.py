"""Alembic's script folder: it travels inside the package, so no ``alembic.ini`` is needed."""
