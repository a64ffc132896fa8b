"""Bearer tokens for programs and devices. The database holds only their hashes."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.identity.models import ApiToken
from app.identity.viewer import Viewer, credential, member, viewer_of, viewer_rows
from points.prepared import Prepared

TOKEN_DAYS = 30

api_token = ApiToken.__table__
# Token and viewer in one statement: the till asks it before every scan. "Sign out everywhere" raises the epoch.
_viewer = Prepared(
    viewer_rows(
        api_token.join(
            member,
            sa.and_(api_token.c.community_id == member.c.community_id, api_token.c.member_id == member.c.id),
        )
    ).where(
        api_token.c.token_hash == sa.bindparam("hash"),
        api_token.c.revoked_at.is_(None),
        api_token.c.expires_at > sa.bindparam("now"),
        api_token.c.epoch == credential.c.epoch,
    )
)


@dataclass(frozen=True)
class IssueToken:
    """A token for a member who has proved who they are."""

    community_id: int
    member_id: uuid.UUID
    epoch: int
    device: str


@dataclass(frozen=True)
class TokenIssued:
    """``token`` is told once and never stored."""

    token: str
    expires_at: datetime


def issue_token(session: Session, command: IssueToken, *, now: datetime) -> TokenIssued:
    """Makes a token of 256 random bits, valid for 30 days."""
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=TOKEN_DAYS)
    session.execute(
        sa.insert(api_token).values(
            token_hash=hash_of(token),
            community_id=command.community_id,
            member_id=command.member_id,
            epoch=command.epoch,
            device=command.device[:64],
            created_at=now,
            expires_at=expires_at,
        )
    )
    return TokenIssued(token, expires_at)


def revoke_token(session: Session, token: str, *, now: datetime) -> None:
    """Ends a token at once. Unknown tokens are none of our business."""
    session.execute(
        sa.update(api_token)
        .where(api_token.c.token_hash == hash_of(token), api_token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def hash_of(token: str) -> str:
    """SHA-256 of a token: enough, since the token itself is random."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_in(header: str) -> str | None:
    """The token of an ``Authorization`` header."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def viewer_of_token(session: Session, header: str) -> Viewer | None:
    """The member behind a bearer token, or None when it is unknown, over or revoked."""
    token = token_in(header)
    if token is None:
        return None
    rows = _viewer.rows(session.connection(), {"hash": hash_of(token), "now": clock.now()})
    return viewer_of(rows) if rows else None


def device_of(header: str) -> str:
    """What a device is called in the books of the counter: the same for all calls with one token, and no secret."""
    return "token-" + hash_of(token_in(header) or "")[:32]
