"""What time has done, written down: for the timer, at any moment, as often as one likes.

Nothing waits for it. Balances, sessions and orders read the same before and after; the jobs only keep the lists of open
things short and throw away what nobody needs. Each step is a transaction of its own, for one community, and a step
that fails stops neither the next one nor the next community.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from flask import current_app
from sqlalchemy.orm import Session

from app import clock
from app.database import db
from app.imports.keeping import sweep
from app.photos import photo_path
from app.sealing import seal_community, was_sealed_today
from app.transaction import transact
from points.days import local_day
from points.ledger.overdue import wallets_with_lapsed_points
from points.ledger.settling import expire_lots, settle
from points.people.queries import CommunityView, communities
from points.records.orphans import DropOrphanEvidence, drop_orphan_evidence, known_evidence
from points.review.closing import CloseSession, close_session
from points.review.overdue import overdue_sessions
from points.review.sessions import OpenDueSession, open_due_session
from shop.care.listing import DropOldCare, drop_old_care
from shop.catalogue.announcing import FoldPrices, fold_prices
from shop.offline.telling import tell_reserved, untold_runs
from shop.orders.operations import release_lapsed
from shop.queries import shops_of

log = structlog.get_logger("jobs")

BATCH = 500
OLD_FILE = timedelta(days=1)


@dataclass(frozen=True)
class JobsDone:
    """How often each step did something in one community, by its name, and the names of steps that failed."""

    community: str
    counts: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def run_jobs() -> list[JobsDone]:
    """All steps for every community; what each of them did."""
    found = communities(db.session())
    db.session.rollback()
    done = [_run_for(community) for community in found]
    sweep(Path(current_app.config["MEDIA_DIR"]) / "tmp", now=clock.now())
    return done


def _run_for(community: CommunityView) -> JobsDone:
    done = JobsDone(community.code)
    for name, step in STEPS.items():
        try:
            done.counts[name] = step(community)
        except Exception as error:  # one broken community must not leave the others' lists to grow
            log.error("job failed", community=community.code, step=name, exc_info=error)
            done.failed.append(name)
        finally:
            db.session.rollback()
    return done


@dataclass(frozen=True)
class SettleDue:
    """What time has resolved in a community and nobody has written down."""

    community_id: int


def settle_due(session: Session, command: SettleDue, *, now: datetime) -> int:
    """Posts awards whose notice has ended and voids holds past their time, ``BATCH`` at most; returns how many."""
    return settle(session, command.community_id, now=now, limit=BATCH)


@dataclass(frozen=True)
class ReleaseLapsed:
    """Orders at one shop whose time is over."""

    community_id: int
    shop_id: uuid.UUID


def release_lapsed_orders(session: Session, command: ReleaseLapsed, *, now: datetime) -> int:
    """Puts their goods back on the shelf; returns how many orders."""
    return release_lapsed(session, command.community_id, command.shop_id, now=now, limit=BATCH)


@dataclass(frozen=True)
class ExpireWallet:
    """A wallet with points whose last day has passed."""

    community_id: int
    wallet_id: uuid.UUID
    zone: str


def expire_wallet(session: Session, command: ExpireWallet, *, now: datetime) -> int:
    """Writes them off; returns the points."""
    today = local_day(now, command.zone)
    return expire_lots(session, command.community_id, command.wallet_id, today=today, now=now)


def _until_nothing_is_left(operation: Callable[..., int], command: object) -> int:
    total = 0
    while done := transact(operation, command):
        total += done
    return total


def _settle(community: CommunityView) -> int:
    return _until_nothing_is_left(settle_due, SettleDue(community.id))


def _release(community: CommunityView) -> int:
    shops = shops_of(db.session(), community.id)
    commands = _fresh(ReleaseLapsed(community.id, shop.id) for shop in shops)
    return sum(_until_nothing_is_left(release_lapsed_orders, command) for command in commands)


def _expire(community: CommunityView) -> int:
    today, total = local_day(clock.now(), community.zone), 0
    while wallets := wallets_with_lapsed_points(db.session(), community.id, today=today):
        for command in _fresh(ExpireWallet(community.id, wallet_id, community.zone) for wallet_id in wallets):
            total += transact(expire_wallet, command)
    return total


def _close(community: CommunityView) -> int:
    overdue = overdue_sessions(db.session(), community.id, now=clock.now())
    for command in _fresh(CloseSession(community.id, None, session_id) for session_id in overdue):
        transact(close_session, command)
    return len(overdue)


def _open(community: CommunityView) -> int:
    return int(transact(open_due_session, OpenDueSession(community.id)) is not None)


def _forget_care(community: CommunityView) -> int:
    """What is over on the care list is deleted, so that nobody stands there longer than needed."""
    return transact(drop_old_care, DropOldCare(community.id))


def _drop_orphans(community: CommunityView) -> int:
    total = 0
    while ids := transact(drop_orphan_evidence, DropOrphanEvidence(community.id)):
        for evidence_id in ids:
            for small in (False, True):
                photo_path(community.id, evidence_id, small=small).unlink(missing_ok=True)
        total += len(ids)
    return total + _drop_stray_files(community)


def _drop_stray_files(community: CommunityView) -> int:
    """Files of uploads that were cut off before they were registered."""
    folder = photo_path(community.id, uuid.UUID(int=0)).parent
    oldest = (clock.now() - OLD_FILE).timestamp()
    old = [path for path in folder.glob("*.jpg") if path.stat().st_mtime < oldest] if folder.is_dir() else []
    stray = 0
    for at in range(0, len(old), BATCH):
        by_path = {path: evidence_id for path in old[at : at + BATCH] if (evidence_id := _id_in(path))}
        known = known_evidence(db.session(), community.id, set(by_path.values()))
        for path, evidence_id in by_path.items():
            if evidence_id not in known:
                path.unlink(missing_ok=True)
                stray += 1
    return stray


def _id_in(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(path.name.partition(".")[0])
    except ValueError:
        return None


def _seal(community: CommunityView) -> int:
    """Once a day, after everything else has been written down."""
    if was_sealed_today(community, local_day(clock.now(), community.zone)):
        return 0
    return seal_community(community)


def _fresh(commands: Iterable[object]) -> list:
    """The commands, after the read that found them has ended: each runs in a transaction of its own."""
    found = list(commands)
    db.session.rollback()
    return found


def _fold_prices(community: CommunityView) -> int:
    return int(transact(fold_prices, FoldPrices(community.id)))


def _tell_reserved(community: CommunityView) -> int:
    """What a run reserved that was broken off stands on the public line all the same."""
    runs = _fresh(untold_runs(db.session(), community.id, now=clock.now()))
    for run in runs:
        transact(tell_reserved, run)
    return len(runs)


STEPS: dict[str, Callable[[CommunityView], int]] = {
    "settled": _settle,
    "released": _release,
    "expired": _expire,
    "repriced": _fold_prices,
    "closed": _close,
    "opened": _open,
    "dropped": _drop_orphans,
    "forgotten": _forget_care,
    "told": _tell_reserved,
    "sealed": _seal,
}
