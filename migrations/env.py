"""Runs the migrations on the site's own engine. SQLite in batch mode; every migration in one transaction."""

from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"]
engine = extension.db.engine

with engine.connect() as connection:
    connection = connection.execution_options(writes=True)
    context.configure(
        connection=connection,
        target_metadata=extension.db.Model.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        context.run_migrations()
    connection.commit()
