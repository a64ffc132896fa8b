"""Sealing a community: entries in batches of one short transaction each, then one signature."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app

from app.database import db
from app.seal_key import make_seal_key, seal_key
from app.transaction import transact
from points.checkpoints.leaves import KINDS
from points.checkpoints.notes import Signer
from points.checkpoints.operations import SealEntries, SignCheckpoint, seal_entries, sign_checkpoint
from points.checkpoints.queries import FIRST, is_anything_signed, newest_checkpoint, unsealed
from points.days import local_day
from points.errors import Conflict
from points.people.queries import CommunityView

BATCH = 2000


def seal_community(community: CommunityView) -> int:
    """Seals what is final and not sealed yet, and signs; returns how many entries. Cut off, the next run goes on.

    What is unsealed is looked for outside of the transactions that write: nobody waits for it. Raises Conflict
    ``seal_key_missing``, ``seal_key_unreadable``, ``sealed_tree_damaged``.
    """
    signer = Signer(origin_of(community.code), _key())
    total = 0
    for kind in KINDS:
        after = FIRST
        while (batch := unsealed(db.session(), community.id, kind, after=after, limit=BATCH)).facts:
            db.session.rollback()
            total += transact(seal_entries, SealEntries(community.id, batch))
            after = max(batch.facts)
        db.session.rollback()
    transact(sign_checkpoint, SignCheckpoint(community.id, signer))
    return total


def was_sealed_today(community: CommunityView, today: object) -> bool:
    """Whether the newest checkpoint is of this calendar day, where the community is."""
    newest = newest_checkpoint(db.session(), community.id)
    db.session.rollback()
    return newest is not None and local_day(newest.sealed_at, community.zone) == today


def origin_of(code: str) -> str:
    """Whose tree it is, as notes begin: the site's host and the community."""
    site = urlsplit(current_app.config["SITE_URL"])
    return f"{site.netloc or 'yitian'}/c/{code}"


def _key() -> Ed25519PrivateKey:
    """The site's key; made with the first sealing. A lost key is not replaced in silence."""
    path = Path(current_app.config["SEAL_KEY_FILE"])
    key = seal_key(path)
    if key is None and is_anything_signed(db.session()):
        raise Conflict("seal_key_missing", path=str(path))
    db.session.rollback()
    return key or make_seal_key(path)
