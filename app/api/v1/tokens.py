"""Tokens: how a program signs in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.api.calls import call, give
from app.database import db
from app.identity.login import NotSignedIn
from app.identity.proving import prove_identity
from app.identity.tokens import IssueToken, issue_token, revoke_token, token_in
from app.identity.viewer import load_viewer
from app.permissions import public, requires
from app.schemas.answers.people import RevokedSchema, TokenSchema
from app.schemas.commands import SignInSchema
from app.transaction import transact

views = Blueprint("api_tokens", __name__, url_prefix="/tokens")

MEMBER = {
    "id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b001",
    "name": "张桂兰",
    "household": {"id": "0199a0aa-5c00-7d21-8a7e-2f60d3d1b002", "number": "017"},
    "community": {"code": "lantian", "name": "蓝田村", "zone": "Asia/Shanghai"},
    "roles": ["resident"],
}


@views.post("")
@public
@call(
    "Sign in with phone and password. The token is told once; it is valid for 30 days.", TokenSchema, status=201,
    body=SignInSchema, refusals=(401, 429), sent={"phone": "13900010017", "password": "a password of one's own"},
    example={"token": "bT8kq0o9…", "expires_at": "2026-12-22T00:30:00Z", "member": MEMBER},
)  # fmt: skip
def issue(body: dict[str, Any]) -> Response:
    """The same answer, after the same time, for a phone that nobody has and for a wrong password."""
    known = prove_identity(body["phone"], body["password"], request.remote_addr or "")
    viewer = load_viewer(db.session(), known.community_id, known.member_id, known.epoch)
    if viewer is None:  # has left the community
        raise NotSignedIn("invalid_credentials")
    device = (request.user_agent.string or "api")[:64]
    issued = transact(issue_token, IssueToken(known.community_id, known.member_id, known.epoch, device))
    return give(
        TokenSchema, {"token": issued.token, "expires_at": issued.expires_at, "member": viewer}, status=201
    )


@views.delete("/current")
@requires("account.own")
@call("Revoke the token this call is made with.", RevokedSchema, example={"revoked": True})
def revoke() -> Response:
    """From the next call on the token is worth nothing."""
    transact(revoke_token, token_in(request.headers.get("Authorization", "")))
    return give(RevokedSchema, {"revoked": True})
