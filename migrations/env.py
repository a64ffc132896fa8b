"""Runs the migrations on the site's own engine. SQLite in batch mode; every migration in one transaction."""

from alembic import context
from flask import current_app

extension = current_app.extensions["migrate"]
engine = extension.db.engine

with engine.connect() as connection:
    connection = connection.execution_options(writes=True)
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        # A table that is copied and renamed would take its children's rows for orphans. Said before the transaction
        # begins, as SQLite wants it; what the migrations left is looked at before it ends.
        driver = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("PRAGMA legacy_alter_table = ON")
    context.configure(
        connection=connection,
        target_metadata=extension.db.Model.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
    )
    with context.begin_transaction():
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        context.run_migrations()
        if is_sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"rows without what they point at: {orphans[:5]}")
    connection.commit()
    if is_sqlite:
        driver.execute("PRAGMA legacy_alter_table = OFF")
        driver.execute("PRAGMA foreign_keys = ON")
