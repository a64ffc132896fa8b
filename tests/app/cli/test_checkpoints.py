"""``checkpoints seal`` and ``checkpoints check``, as an operator types them."""

from __future__ import annotations

import stat

import pytest
import sqlalchemy as sa

from app.database import db
from tests.builders import given_village

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def test_the_operator_seals_checks_and_is_told_what_was_changed(flask, site) -> None:
    with site.app_context():
        given_village(residents=1, with_credentials=False)
        db.session.remove()
    first, again = flask("checkpoints", "seal"), flask("checkpoints", "seal", "--lang", "en")
    assert (first.status, "yitian  封账 " in first.out) == (0, True)
    assert "yitian  0 entries sealed, seal mark " in again.out
    key = site.config["SEAL_KEY_FILE"]
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "PRIVATE" not in first.out
    sound = flask("checkpoints", "check")
    assert (sound.status, "签名都对" in sound.out) == (0, True)
    with site.app_context():
        connection = db.session.connection()
        connection.execute(sa.text("DROP TRIGGER admin_act_no_update"))
        connection.execute(
            sa.text("UPDATE admin_act SET reason = '别的' WHERE act = 'budget_granted' -- across communities")
        )
        connection.commit()
        db.session.remove()
    changed = flask("checkpoints", "check")
    assert (changed.status, "entry_changed act " in changed.out) == (1, True)


def test_a_lost_key_is_said_and_a_new_one_is_made_only_when_asked_for(flask, site) -> None:
    with site.app_context():
        given_village(residents=1, with_credentials=False)
        db.session.remove()
    flask("checkpoints", "seal")
    key = site.config["SEAL_KEY_FILE"]
    key.unlink()
    lost = flask("checkpoints", "seal")
    assert (lost.status, str(key) in lost.err) == (1, True)
    assert flask("checkpoints", "seal", "--new-key").status == 0
    assert flask("checkpoints", "check").status == 0  # both keys are this site's
    key.with_name(key.name + ".public").unlink()
    assert "key_unknown" in flask("checkpoints", "check").out
    key.write_text("nothing")
    assert flask("checkpoints", "seal").status == 1
