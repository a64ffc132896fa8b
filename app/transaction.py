"""``transact``: the only commit in the house."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

import structlog
from flask import has_request_context, request
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.identity.helping import name_both
from points.postgres_calls import UNKNOWN_STATEMENT

log = structlog.get_logger("transaction")

Command = TypeVar("Command")
Result = TypeVar("Result")
MOST_TRIES = 4
READING = ("GET", "HEAD", "OPTIONS")
# deadlock, serialization failure, lock timeout, a prepared statement that somebody dropped
_AGAIN_ON_POSTGRESQL = {"40P01", "40001", "55P03", UNKNOWN_STATEMENT}


class Operation(Protocol[Command, Result]):
    """``verb_noun(session, command, *, now)``."""

    def __call__(self, session: Session, command: Command, *, now: object) -> Result: ...


def transact(operation: Callable[..., Result], command: object) -> Result:
    """Runs one operation in one transaction and commits it; runs it again when the database asks for that.

    A function and not a ``with`` block, since only a function can be run again. Raises what the operation raises
    (the transaction is rolled back); RuntimeError when called inside another, on a session with changes, or while
    a GET is answered.
    """
    if has_request_context() and request.method in READING:
        raise RuntimeError(
            f"{request.method} reads only: somebody's browser may send it twice, or ahead of time"
        )
    session = db.session()
    if session.info.get("transacting"):
        raise RuntimeError("transact() inside transact()")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("the session carries changes that no operation made")
    session.info["transacting"] = True
    try:
        for attempt in range(1, MOST_TRIES + 1):
            try:
                return _once(session, operation, command)
            except DBAPIError as error:
                session.rollback()
                if attempt == MOST_TRIES or not is_worth_another_try(error):
                    raise
                log.info(
                    "again",
                    operation=getattr(operation, "__name__", "?"),
                    attempt=attempt,
                    error=type(error.orig).__name__,
                )
                time.sleep(random.uniform(0.005, 0.02) * attempt)
            except BaseException:
                session.rollback()
                raise
    finally:
        session.info.pop("transacting", None)
    raise AssertionError("unreachable: the last attempt returns or raises")


def _once(session: Session, operation: Callable[..., Result], command: object) -> Result:
    # Loading the visitor opened a read transaction, and the operation must see the data of now. PostgreSQL's next
    # statement does; SQLite's would not, and must say at the beginning that it writes.
    if session.in_transaction() and session.connection().dialect.name == "postgresql":
        session.expire_all()
    else:
        session.rollback()
        session.connection(execution_options={"writes": True})
    result = operation(session, command, now=clock.now())
    name_both(session, operation, command, result)
    session.commit()
    return result


def is_worth_another_try(error: DBAPIError) -> bool:
    """Deadlock, serialization failure, a lock not had in time, a lost connection, or a race on a request key."""
    if error.connection_invalidated:
        return True
    if getattr(error.orig, "sqlstate", None) in _AGAIN_ON_POSTGRESQL:
        return True
    text = str(error.orig)
    if isinstance(error, OperationalError) and ("locked" in text or "busy" in text):
        return True
    return isinstance(error, IntegrityError) and ("UNIQUE" in text or "duplicate key" in text)
