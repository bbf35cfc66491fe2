"""Run by Alembic: migrates the connection that ``storage.migrate`` hands over."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - fills the metadata

connection = context.config.attributes["connection"]
# SQLite rolls back CREATE TABLE like anything else, because we begin transactions ourselves.
context.configure(connection=connection, target_metadata=SQLModel.metadata, transactional_ddl=True)
context.run_migrations()
