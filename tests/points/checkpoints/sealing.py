"""Short words for sealing, and somebody who changes rows past every trigger."""

from __future__ import annotations

from typing import Any

from app.database import db
from app.sealing import seal_community
from points.checkpoints.check import Finding, check_seals
from points.checkpoints.queries import CheckpointView, Entry, entries, newest_checkpoint
from points.people.queries import community_by_id
from tests.builders import Village
from tests.points.ledger.raw_sql import RawSql


def seal(village: Village) -> int:
    """Seals everything that is final; answers how many entries were new."""
    community = community_by_id(db.session(), village.community_id)
    db.session.rollback()
    return seal_community(community)


def newest(village: Village) -> CheckpointView:
    """The last checkpoint."""
    found = newest_checkpoint(db.session(), village.community_id)
    db.session.rollback()
    return found


def sealed(village: Village, kind: str = "") -> list[Entry]:
    """Every sealed entry, or those of a kind."""
    found = list(entries(db.session(), village.community_id, 0, 10**9))
    db.session.rollback()
    return [entry for entry in found if kind in ("", entry.kind)]


def problems(village: Village) -> list[Finding]:
    """What the check finds."""
    found = list(check_seals(db.session(), village.community_id))
    db.session.rollback()
    return found


class Past(RawSql):
    """A connection on which triggers and foreign keys are silent: whoever owns the database."""

    def __init__(self, connection: Any, backend: str) -> None:
        super().__init__(connection, backend)
        if backend == "postgresql":
            self.run("SET session_replication_role = replica")
        else:
            for (name,) in self.run("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                self.run(f"DROP TRIGGER {name}")
