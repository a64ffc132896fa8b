"""Somebody who owns the database changes it past every trigger: each change is found and named."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.database import db
from app.transaction import transact
from points.checkpoints.check import Finding, check_seals
from points.checkpoints.merkle import Edge, leaf_hash, root_of_inclusion
from points.checkpoints.operations import erase_salts
from points.checkpoints.queries import Entry, proofs
from points.notices.operations import AnswerObjection, ObjectToNotice, answer_objection, object_to_notice
from points.notices.queries import board
from tests.builders import MONDAY, Village, a_key, given_decided, given_record
from tests.points.checkpoints.sealing import Past, newest, problems, seal, sealed


@pytest.fixture
def village(village: Village) -> Village:
    """Three awards on notice, one objection answered, everything sealed; then one more award, sealed a day later."""
    people = village.residents
    given_decided(village, [given_record(village, one) for one in people[:3]], points=6)
    notice = board(db.session(), village.community_id, now=MONDAY, show="running")[0]
    db.session.rollback()
    command = ObjectToNotice(village.community_id, people[4].id, a_key(), notice.id, "没看见")
    objection_id = transact(object_to_notice, command)
    supervisor = village.one("supervisor").id
    transact(
        answer_objection, AnswerObjection(village.community_id, supervisor, objection_id, False, "查过，属实")
    )
    seal(village)
    given_decided(
        village,
        [given_record(village, people[3], at=MONDAY + timedelta(days=1))],
        at=MONDAY + timedelta(days=1),
    )
    seal(village)
    assert problems(village) == []
    return village


CHANGES = (
    ("transfer", "UPDATE transfer SET amount = amount + 1 WHERE id = :id"),
    ("transfer", "UPDATE transfer SET credit_account_id = :other WHERE id = :id"),
    ("decision", "UPDATE agenda_item SET votes_against = votes_against + 1 WHERE id = :id"),
    ("decision", "UPDATE agenda_item SET outcome = 'rejected' WHERE id = :id"),
    ("answer", "UPDATE objection SET answer = '没查' WHERE id = :id"),
    ("act", "UPDATE admin_act SET reason = '别的理由' WHERE id = :id"),
)
REMOVALS = (
    ("transfer", "DELETE FROM transfer WHERE id = :id"),
    ("decision", "UPDATE agenda_item SET outcome = 'needs_second_level' WHERE id = :id"),
    ("act", "DELETE FROM admin_act WHERE id = :id"),
)


def entries_to_change(village: Village) -> dict[str, list[Entry]]:
    """Entries of each kind; of transfers the awards."""
    kinds = {kind: sealed(village, kind) for kind in ("transfer", "decision", "answer", "act")}
    return kinds | {"transfer": [one for one in kinds["transfer"] if '"code":"award"' in one.line.text]}


def test_every_changed_value_and_every_removed_entry_is_found_and_named(village: Village, past: Past) -> None:
    entries = entries_to_change(village)
    # An account that no sealed line has named yet, and nobody has salted.
    owner = village.residents[5].household_id
    ((other,),) = past.run(
        "SELECT id FROM account WHERE kind = 'household' AND owner_id = :owner", owner=owner
    )
    expected = []
    for problem, statements in (("entry_changed", CHANGES), ("entry_missing", REMOVALS)):
        for kind, statement in statements:
            entry = entries[kind].pop()
            past.run(statement, **{"id": entry.id} | ({"other": other} if ":other" in statement else {}))
            expected.append(Finding(problem, entry.position, f"{kind} {entry.id}"))
    assert problems(village) == sorted(expected, key=lambda one: one.position)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_leaf_that_went_with_its_entry_and_a_changed_node_are_found(village: Village, past: Past) -> None:
    past.run("UPDATE sealed_node SET hash = :hash WHERE community_id = :community AND level = 4 AND position = 0",
             hash=b"\2" * 32, community=village.community_id)  # fmt: skip
    assert problems(village) == [Finding("node_differs", 15)]
    last = sealed(village)[-1]
    past.run("DELETE FROM sealed_leaf WHERE id = :id", id=last.id)
    assert Finding("leaf_missing", last.position) in problems(village)
    first = sealed(village, "transfer")[0]
    past.run("DELETE FROM transfer WHERE id = :id", id=first.id)
    past.run("DELETE FROM sealed_leaf WHERE id = :id", id=first.id)
    assert problems(village)[-1] == Finding("leaf_missing", first.position)


def rewrite(village: Village, past: Past) -> int:
    """Changes an amount together with every hash the database holds of it; only the signed notes stay."""
    entry = [one for one in sealed(village, "transfer") if '"code":"award"' in one.line.text][0]
    past.run("UPDATE transfer SET amount = amount + 50 WHERE id = :id", id=entry.id)
    changed = next(one for one in sealed(village) if one.id == entry.id)
    past.run(
        "UPDATE sealed_leaf SET hash = :hash WHERE id = :id",
        id=entry.id,
        hash=leaf_hash(changed.line.text.encode()),
    )
    edge = Edge()
    for one in sealed(village):
        for (level, index), value in edge.append(one.hash):
            past.run("UPDATE sealed_node SET hash = :hash WHERE community_id = :community AND level = :level "
                     "AND position = :index", hash=value, level=level, index=index, community=village.community_id)  # fmt: skip
    return entry.position


def test_record_and_hash_changed_together_are_caught_by_the_first_checkpoint_above(
    village: Village, past: Past
) -> None:
    size = newest(village).size
    position = rewrite(village, past)
    found = problems(village)
    assert {one.problem for one in found} == {"root_differs"}
    assert found[0].position > position
    assert found[-1].position == size


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_new_note_of_another_key_does_not_help(village: Village, past: Past) -> None:
    view = newest(village)
    found = list(check_seals(db.session(), village.community_id, keys=[b"\0" * 32]))
    db.session.rollback()
    assert {one.problem for one in found} == {"key_unknown"}
    forged = view.note.replace("yitian/c/yitian\n", "yitian/c/beishan\n", 1)
    past.run("UPDATE checkpoint SET note = :note WHERE size = :size AND community_id = :community",
             note=forged, size=view.size, community=village.community_id)  # fmt: skip
    assert problems(village) == [Finding("note_not_signed", view.size)]


def test_erasing_a_person_breaks_no_proof(village: Village, past: Past) -> None:
    person = village.residents[0]
    before = {entry.id: entry.line.text for entry in sealed(village)}

    def erase(session, _command, *, now):
        return erase_salts(session, village.community_id, [person.id, person.household_id], now=now)

    assert transact(erase, None) == 2
    assert transact(erase, None) == 0
    past.run("UPDATE member SET name = '' WHERE id = :id", id=person.id)
    assert {entry.id: entry.line.text for entry in sealed(village)} == before
    assert problems(village) == []
    view = newest(village)
    for one in proofs(db.session(), village.community_id, list(before), view.size).values():
        leaf = leaf_hash(one.entry.line.text.encode())
        assert root_of_inclusion(leaf, one.entry.position, view.size, one.path) == view.root
    db.session.rollback()
    salts = past.run(
        "SELECT salt FROM seal_salt WHERE id IN (:one, :two)", one=person.id, two=person.household_id
    )
    assert salts == [(None,), (None,)]
    opened = {value.value for entry in sealed(village) for value in entry.line.own.values()}
    assert not opened & {str(person.id), str(person.household_id)}
    # What comes later is sealed and proven as well, and means nobody.
    given_decided(
        village, [given_record(village, person, at=MONDAY + timedelta(days=5))], at=MONDAY + timedelta(days=5)
    )
    assert seal(village) > 0
    assert problems(village) == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_withdrawn_words_break_no_proof_and_changed_ones_are_found_without_their_salt(
    village: Village, past: Past
) -> None:
    (entry,) = sealed(village, "answer")

    def erase(session, _command, *, now):
        return erase_salts(session, village.community_id, [entry.id], now=now)

    transact(erase, None)
    past.run("UPDATE objection SET answer = '', reason = :none WHERE id = :id", id=entry.id, none="\u2014")
    assert problems(village) == []
    assert sealed(village, "answer")[0].line.openings == {}
    past.run("UPDATE objection SET answer = '换了一句' WHERE id = :id", id=entry.id)
    assert problems(village) == [Finding("words_without_salt", entry.position, f"answer {entry.id}")]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_every_fact_of_a_decision_and_of_a_transfer_stands_in_its_line(village: Village) -> None:
    decision = json.loads(sealed(village, "decision")[0].line.text)
    assert {"outcome", "points", "for", "against", "abstained", "present", "quorum", "recused", "rule", "rule_version",
            "done_on", "held_at", "decided_at", "session", "who"} <= decision.keys()  # fmt: skip
    transfer = json.loads(sealed(village, "transfer")[-1].line.text)
    assert {"move", "code", "amount", "unit", "from", "to", "recorded_at", "effective_at"} <= transfer.keys()
