"""A prepared statement's way to PostgreSQL: by libpq's own call, which psycopg hands out, without a cursor.

A cursor costs twice what the statement costs: it looks for placeholders, guesses types and keeps a register of what it has
prepared. Here the server knows the types (the statement casts what it cannot tell by itself), values go as text, and
rows come through psycopg's own loaders, so that they are what a cursor would have given.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

UNKNOWN_STATEMENT = "26000"
_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
# What each connection has prepared: our name -> the server's. Each preparation has a name of its own: psycopg drops
# statements of the server only when it had any itself, so one that is forgotten here may still stand there.
_made: WeakKeyDictionary[psycopg.Connection, dict[bytes, bytes]] = WeakKeyDictionary()
_times = count()


class _Loaders(threading.local):
    """psycopg's own, each type's found once. Of no connection: ours all speak UTF-8 and UTC, as psycopg assumes then."""

    def __init__(self) -> None:
        self.found = Transformer(psycopg.adapters)


_loaders = _Loaders()


def forget_statements(connection: psycopg.Connection) -> None:
    """To be called where psycopg throws away everything that was prepared on the connection: after an error, after a
    savepoint was given up."""
    _made.pop(connection, None)


def commit(connection: psycopg.Connection) -> None:
    """Keeps what the connection's transaction did. Raises what psycopg raises: a check that was put off until now, a connection
    that is gone (then nobody knows whether it was kept)."""
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        _check(connection.pgconn.exec_(b"COMMIT"))


def execute(
    connection: psycopg.Connection, name: bytes, text: bytes, values: Sequence[Any]
) -> psycopg.pq.abc.PGresult:
    """Runs the statement inside the connection's transaction, which it begins where there is none.

    ``text`` has its places as ``$1``; the statement is prepared under ``name`` at its first time on the connection, unless
    the connection prepares nothing (``prepare_threshold`` None: behind a pooler). Raises what psycopg raises.
    """
    server = connection.pgconn
    if server.transaction_status == TransactionStatus.IDLE and not connection.autocommit:
        _check(server.exec_(b"BEGIN"))
    sent = [None if value is None else _TEXTS[type(value)](value) for value in values]
    if connection.prepare_threshold is None:
        return _check(server.exec_params(text, sent))
    known = _made.setdefault(connection, {})
    if name not in known:
        of_server = b"%s_%d" % (name, next(_times))
        _check(server.prepare(of_server, text))
        known[name] = of_server
    try:
        return _check(server.exec_prepared(known[name], sent))
    except psycopg.errors.InvalidSqlStatementName:
        forget_statements(connection)
        raise


def rows_of(result: psycopg.pq.abc.PGresult, make: Callable[[Sequence[Any]], Any]) -> list[Any]:
    """The rows of an answer, each through ``make``."""
    loaders = _loaders.found
    loaders.set_pgresult(result)
    return loaders.load_rows(0, result.ntuples, make)


def names_of(result: psycopg.pq.abc.PGresult) -> list[str]:
    """The columns of an answer."""
    return [(result.fname(at) or b"").decode() for at in range(result.nfields)]


def _check(result: psycopg.pq.abc.PGresult) -> psycopg.pq.abc.PGresult:
    if result.status in _GOOD:
        return result
    raise error_from_result(result)


def _text(value: str) -> bytes:
    if "\0" in value:  # libpq would take it for the end
        raise psycopg.DataError("PostgreSQL's texts cannot hold the character NUL")
    return value.encode()


_TEXTS: dict[type, Callable[[Any], bytes]] = {
    str: _text,
    int: lambda value: b"%d" % value,
    bool: lambda value: b"t" if value else b"f",
    uuid.UUID: lambda value: value.hex.encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
}
