"""What is sealed, when, and in which order: once, by one of several sealers, and going on where one was cut off."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from app import sealing
from app.database import db
from app.transaction import transact
from points.checkpoints.leaves import KINDS
from points.checkpoints.merkle import is_consistent
from points.checkpoints.notes import mark_of, read_mark, read_note
from points.checkpoints.operations import SealEntries, seal_entries
from points.checkpoints.queries import checkpoint_of_mark, consistency, proof_of, unsealed
from points.errors import Conflict, NotFound
from points.notices.operations import AnswerObjection, ObjectToNotice, answer_objection, object_to_notice
from points.notices.queries import board
from points.review.queries import waiting_for_second_level
from points.review.second_level import ConfirmDecision, confirm_decision
from tests.builders import MONDAY, Village, a_key, given_decided, given_order, given_points, given_record
from tests.concurrency.crowd import all_at_once
from tests.points.checkpoints.sealing import Past, newest, problems, seal, sealed


def facts(village: Village, kind: str) -> list[dict]:
    return [json.loads(entry.line.text) for entry in sealed(village, kind)]


def test_awards_orders_decisions_answers_and_acts_are_sealed_without_a_name(
    village: Village, clock_at
) -> None:
    earner, objector = village.residents[:2]
    given_points(village, earner, 9, at=MONDAY - timedelta(days=10))
    given_order(village, earner, at=MONDAY)
    given_decided(village, [given_record(village, objector)], points=6)
    (notice,) = board(db.session(), village.community_id, now=MONDAY, show="running")
    db.session.rollback()
    objection_id = transact(
        object_to_notice, ObjectToNotice(village.community_id, earner.id, a_key(), notice.id, "没看见")
    )
    seal(village)
    assert facts(village, "answer") == []  # nothing is final about it yet
    supervisor = village.one("supervisor")
    transact(
        answer_objection,
        AnswerObjection(village.community_id, supervisor.id, objection_id, False, "查过，属实"),
    )
    assert seal(village) == 2
    (answer,) = facts(village, "answer")
    assert (answer["state"], answer["about"]) == ("dismissed", f"record:{notice.record_id}")
    decisions = facts(village, "decision")
    shown = ("rule", "rule_version", "points", "for", "present", "quorum")
    assert [tuple(one[name] for name in shown) for one in decisions] == [
        ("AID-02", 1, 9, 4, 4, 3),
        ("AID-02", 1, 6, 4, 4, 3),
    ]
    moves = Counter((one["move"], one["code"]) for one in facts(village, "transfer"))
    assert moves == {
        ("posted", "grant"): 1,
        ("pending", "award"): 2,
        ("post", "award"): 1,
        ("pending", "order"): 1,
    }
    text = "".join(entry.line.text for entry in sealed(village))
    for member in (earner, objector, supervisor):
        assert member.name not in text
        assert str(member.id) not in text
        assert str(member.household_id) not in text
    assert "查过" not in text
    assert problems(village) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_two_lines_of_one_household_cannot_be_told_to_be_of_one(village: Village) -> None:
    for day in (20, 10):
        given_points(village, village.residents[0], 5, at=MONDAY - timedelta(days=day))
    seal(village)
    hidden = [one["to_who"] for one in facts(village, "transfer") if one["to"] == "household"]
    assert len(hidden) == len(set(hidden)) == 2


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_waits_for_the_second_level_is_sealed_when_it_is_final(village: Village) -> None:
    given_decided(village, [given_record(village, village.residents[0], rule="HON-04")], points=25)
    seal(village)
    assert facts(village, "decision") == []
    (item,) = waiting_for_second_level(db.session(), village.community_id, now=MONDAY)
    db.session.rollback()
    supervisor = village.one("supervisor").id
    transact(
        confirm_decision, ConfirmDecision(village.community_id, supervisor, item.id, False, "证书看不清")
    )
    assert seal(village) == 2
    (decision,) = facts(village, "decision")
    assert decision["outcome"] == "not_confirmed"
    (entry,) = sealed(village, "decision")
    assert entry.line.own["second_level_reason"].value == "证书看不清"
    assert entry.line.openings == {}  # these words are not public


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_sealing_again_adds_nothing_and_signs_nothing(village: Village, clock_at) -> None:
    assert seal(village) > 0
    first = newest(village)
    clock_at(MONDAY + timedelta(days=1))
    assert seal(village) == 0
    assert newest(village) == first


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_checkpoint_is_a_signed_note_that_goes_on_from_the_one_before(village: Village, site) -> None:
    seal(village)
    first = newest(village)
    given_points(village, village.residents[0], 5)
    seal(village)
    second = newest(village)
    for view in (first, second):
        head = read_note(view.note, view.verifier)
        assert (head.size, head.root, head.sealed_at) == (view.size, view.root, MONDAY)
        assert view.note.startswith(f"yitian/c/yitian\n{view.size}\n")
        assert read_note(view.note.replace(f"\n{view.size}\n", f"\n{view.size + 1}\n"), view.verifier) is None
    path = consistency(db.session(), village.community_id, first.size, second.size)
    assert is_consistent(first.size, second.size, first.root, second.root, path)
    assert read_note(first.note, second.verifier) is not None  # one key
    db.session.rollback()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_mark_is_read_as_people_type_it_and_leads_to_its_checkpoint(village: Village) -> None:
    seal(village)
    view = newest(village)
    size, letters = view.mark.split("-")
    typed = f" {size}-{letters[:16].lower()} ".replace("0", "o")
    assert read_mark(typed) == (view.size, letters[:16])
    session = db.session()
    assert checkpoint_of_mark(session, village.community_id, typed) == view
    for wrong in (
        f"{size}-{letters[:15]}",
        letters,
        f"{view.size + 1}-{letters}",
        mark_of(view.size, b"\0" * 32),
        "",
        "-",
        "1-U" * 9,
    ):
        with pytest.raises(NotFound):
            checkpoint_of_mark(session, village.community_id, wrong)
    session.rollback()


def test_two_sealers_at_once_seal_everything_once(village: Village, site) -> None:
    given_decided(village, [given_record(village, one) for one in village.residents[:4]])
    counts = all_at_once(site, [lambda: seal(village) for _ in range(2)])
    found = sealed(village)
    assert sum(counts) == len(found) == newest(village).size
    assert [entry.position for entry in found] == list(range(len(found)))
    assert problems(village) == []


def test_a_sealing_that_was_cut_off_goes_on_and_nothing_is_proven_before_it_is_signed(
    village: Village, site
) -> None:
    community_id, session = village.community_id, db.session()
    count = sum(len(unsealed(session, community_id, kind).facts) for kind in KINDS)
    few = unsealed(session, community_id, "act", limit=3)
    session.rollback()
    transact(seal_entries, SealEntries(community_id, few))
    first = list(few.facts)
    with pytest.raises(NotFound):
        proof_of(session, community_id, first[0])
    session.rollback()
    assert transact(seal_entries, SealEntries(community_id, few)) == 0
    assert seal(village) == count - 3
    assert [entry.id for entry in sealed(village)][:3] == first
    assert problems(village) == []
    proven, _ = proof_of(session, community_id, first[0])
    assert proven.entry.position == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_many_batches_make_the_tree_that_one_would(village: Village, monkeypatch) -> None:
    monkeypatch.setattr(sealing, "BATCH", 3)
    given_decided(village, [given_record(village, one) for one in village.residents])
    seal(village)
    assert newest(village).size > 20  # more than one kept node
    assert problems(village) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_village_sees_no_entry_of_its_neighbour(village: Village, neighbour: Village) -> None:
    seal(village)
    seal(neighbour)
    entry = sealed(neighbour)[0]
    with pytest.raises(NotFound):
        proof_of(db.session(), village.community_id, entry.id)
    db.session.rollback()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_nothing_more_is_signed_on_a_tree_that_was_changed(village: Village, past: Past, site) -> None:
    seal(village)
    given_points(village, village.residents[0], 5)
    # Sealing looks at the edge on which it builds, whatever the number of leaves; all below it is the check's to find.
    for table in ("sealed_leaf", "sealed_node"):
        past.run(f"UPDATE {table} SET hash = :other", other=b"\1" * 32)
    with pytest.raises(Conflict, match="sealed_tree_damaged"):
        seal(village)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_lost_key_is_not_replaced_in_silence(village: Village, site) -> None:
    seal(village)
    site.config["SEAL_KEY_FILE"].unlink()
    given_points(village, village.residents[0], 5)
    with pytest.raises(Conflict, match="seal_key_missing"):
        seal(village)
