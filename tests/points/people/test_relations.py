"""Relations: who declares, ends and reads them, what they mean for judges, and lists of them that come in."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app.transaction import transact
from points.errors import Conflict, Invalid
from points.people.leaving import LeaveRegister, leave_register
from points.people.models import AdminAct, Member, Relation
from points.people.named import NamedPerson
from points.people.relation_intake import (
    ImportRelations,
    RelationsImported,
    check_relations,
    import_relations,
    preview_relations,
)
from points.people.relation_lists import own_relations, relations_page
from points.people.relation_sheet import read_relations
from points.people.relations import (
    DeclareRelation,
    EndRelation,
    declare_relation,
    employer_key,
    end_relation,
    relations_between,
)
from points.sheets import SheetRow
from tests.builders import refused
from tests.concurrency.crowd import all_at_once
from tests.points.review.conftest import neighbour, site, village

__all__ = ["neighbour", "site", "village"]

sqlite_only = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
HEADER = ("甲方姓名", "甲方户号", "乙方姓名", "乙方户号", "关系")


def own(village, person, other, kind="relative", **more):
    """Somebody declares that they are close to somebody."""
    return DeclareRelation(village.community_id, person.id, NamedPerson(other.name), kind, **more)


def entered(village, one, other, kind="relative"):
    """The steward enters that two people are close."""
    return own(village, village.one("steward"), other, kind, a=NamedPerson(one.name))


def acts(session, village):
    """Lines of the public list about relations: act, detail, whether somebody is named."""
    rows = session.execute(
        sa.select(AdminAct.act, AdminAct.detail, AdminAct.actor_id, AdminAct.subject_id)
        .where(AdminAct.community_id == village.community_id, AdminAct.act.like("relation%"))
        .order_by(AdminAct.id)
    ).all()
    session.rollback()
    return [(row.act, row.detail, row.actor_id is not None, row.subject_id is not None) for row in rows]


def between(session, village, judges, subjects):
    """Reasons by the names of judge and subject."""
    people = {person.id: person.name for person in [*judges, *subjects]}
    found = relations_between(session, village.community_id, [*map(_id, judges)], [*map(_id, subjects)])
    session.rollback()
    return {(people[judge], people[subject]): reason for (judge, subject), reason in found.items()}


def _id(person):
    return person.id


def set_member(session, village, person, **values):
    """The register as it might be."""
    session.execute(
        sa.update(Member)
        .where(Member.community_id == village.community_id, Member.id == person.id)
        .values(**values)
    )
    session.commit()


def test_a_declared_relation_holds_both_ways_until_it_ends(site, session, run, village):
    judge, one, other = village.judges[0], *village.residents[:2]
    answers = all_at_once(site, [lambda: transact(declare_relation, own(village, judge, one))] * 2)
    assert answers[0] == answers[1] == run(declare_relation, entered(village, one, judge))
    run(declare_relation, entered(village, other, judge, "helper"))
    run(declare_relation, own(village, other, judge, "employs"))
    assert between(session, village, [judge], [one, other]) == {
        (judge.name, one.name): "relative", (judge.name, other.name): "employer",
    }  # fmt: skip
    assert between(session, village, [one, other], [judge, one]) == {
        (one.name, judge.name): "relative", (other.name, judge.name): "employer",
    }  # fmt: skip
    end = EndRelation(village.community_id, judge.id, answers[0], "over")
    for _twice in range(2):
        run(end_relation, end)
    assert between(session, village, [judge], [one]) == {}
    again = run(declare_relation, own(village, one, judge))
    assert again != answers[0]
    assert acts(session, village) == [
        ("relation_declared", "", False, False), ("relation_declared", "", True, False),
        ("relation_declared", "", False, False), ("relation_ended", "", False, False),
        ("relation_declared", "", False, False),
    ]  # fmt: skip


@sqlite_only
def test_only_those_concerned_read_it_and_only_who_declared_it_ends_it(session, run, village, neighbour):
    one, other, stranger = village.residents[:3]
    relation_id = run(declare_relation, own(village, one, other, "same_employer"))
    (seen,) = own_relations(session, village.community_id, other.id)
    assert (seen.name, seen.kind, seen.source, seen.is_mine) == (one.name, "same_employer", "self", False)
    assert own_relations(session, village.community_id, one.id)[0].is_mine
    assert own_relations(session, village.community_id, stranger.id) == []
    session.rollback()
    end = EndRelation(village.community_id, other.id, relation_id, "mistake")
    assert refused(end_relation, end) == "relation_not_yours_to_end"
    assert refused(end_relation, replace(end, actor_id=stranger.id)) == "relation_not_found"
    assert refused(end_relation, replace(end, why="because")) == "why_unknown"
    foreign = replace(end, community_id=neighbour.community_id, by_steward=True)
    assert refused(end_relation, foreign) == "relation_not_found"
    run(end_relation, replace(end, actor_id=village.one("steward").id, by_steward=True))
    (ended,) = relations_page(session, village.community_id, ended=True, text=one.name)
    assert (ended.ended_why, ended.household_a, ended.household_b) == ("mistake", "010", "011")
    assert relations_page(session, village.community_id) == []


@sqlite_only
def test_who_is_meant_must_be_clear_and_somebody_else(session, run, village, neighbour):
    one, other, third = village.residents[:3]
    set_member(session, village, third, name=other.name)
    command = own(village, one, other)
    assert refused(declare_relation, command) == "person_ambiguous"
    by_number = replace(command, other=NamedPerson(other.name, other.household_number))
    run(declare_relation, by_number)
    for wrong, code in (
        (replace(by_number, other=NamedPerson(other.name, "999")), "person_not_here"),
        (replace(command, other=NamedPerson("张三丰")), "person_not_here"),
        (own(village, one, one), "relation_to_self"),
        (own(village, one, other, "rival"), "relation_unknown"),
        (
            replace(command, community_id=neighbour.community_id, other=NamedPerson("村民01")),
            "member_not_found",
        ),
    ):
        assert refused(declare_relation, wrong) == code
    set_member(session, village, village.residents[4], household_id=one.household_id)
    assert refused(declare_relation, own(village, one, village.residents[4])) == "relation_in_household"


@sqlite_only
def test_the_same_employer_in_the_register_is_a_reason_and_no_employer_is_none(session, village):
    judge, one, other = village.judges[1], *village.residents[:2]
    for person, employer in ((judge, "县人民医院"), (one, " 县人民 医院"), (other, "务农")):
        set_member(session, village, person, employer=employer)
    assert between(session, village, [judge], [judge, one, other]) == {(judge.name, one.name): "employer"}
    set_member(session, village, judge, employer="务农")
    assert between(session, village, [judge], [one, other]) == {}


@pytest.mark.parametrize(
    ("written", "key"),
    [("供电公司", "供电公司"), ("供电公司（城东）", "供电公司城东"), (" Ｅ电 公司 ", "e电公司"), ("无", ""), ("退休", ""),
     ("", ""), (None, ""), ("－－", "")],
)  # fmt: skip
def test_employers_are_compared_without_width_blanks_and_marks(written, key):
    assert employer_key(written) == key


@sqlite_only
def test_a_relation_goes_with_who_leaves_the_register(session, run, village):
    one, other = village.residents[:2]
    run(declare_relation, own(village, one, other))
    run(
        leave_register, LeaveRegister(village.community_id, village.one("steward").id, other.id, "moved_away")
    )
    assert own_relations(session, village.community_id, one.id) == []
    (row,) = session.scalars(sa.select(Relation).where(Relation.community_id == village.community_id))
    assert (row.ended_why, row.ended_at is not None) == ("left", True)


def read(*rows):
    """A sheet of relations."""
    sheet = [SheetRow(line, cells) for line, cells in enumerate(rows, 2)]
    return read_relations(HEADER, sheet)


def test_a_sheet_names_two_people_and_a_kind_or_says_what_is_wrong():
    reading = read(
        ("王强", "００1", "李兰", "", "夫妻"),
        ("王强9", "", "", "", "对手"),
        ("合计", "", "2", "", ""),
        ("孙杰", "", "周平", "", "同 事"),
    )
    assert [(row.a, row.b.name, row.relation_kind) for row in reading.rows] == [
        (NamedPerson("王强", "001"), "李兰", "relative"), (NamedPerson("孙杰"), "周平", "same_employer"),
    ]  # fmt: skip
    assert [(error.line, error.field, error.code) for error in reading.errors] == [
        (3, "name_a", "name_not_valid"), (3, "name_b", "name_missing"), (3, "relation_kind", "word_not_known"),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="columns_missing"):
        read_relations(("甲方", "关系"), [SheetRow(2, ("王强", "亲属"))])
    with pytest.raises(Invalid, match="no_rows"):
        read_relations(HEADER, [])


def test_a_list_comes_in_once_and_its_bad_rows_are_named(session, run, village):
    cid, people = village.community_id, village.residents[:3]
    for person, name in zip(people, ("王强", "李兰", "孙杰"), strict=True):
        set_member(session, village, person, name=name)
    run(declare_relation, DeclareRelation(cid, people[0].id, NamedPerson("李兰"), "relative"))
    bad = read(
        ("张三丰", "", "王强", "", "亲属"),
        ("王强", "", "李兰", "999", "亲属"),
        ("王强", "", "王强", "", "亲属"),
    )
    errors = check_relations(session, cid, bad.rows)
    assert [(error.line, error.field, error.code) for error in errors] == [
        (2, "name_a", "person_not_here"), (3, "name_b", "person_not_here"), (4, "name_b", "relation_to_self"),
    ]  # fmt: skip
    session.rollback()
    good = read(
        ("李兰", "", "王强", "", "亲属"), ("王强", "", "孙杰", "", "代办"), ("孙杰", "", "王强", "", "代办")
    )
    assert preview_relations(session, cid, good.rows) == RelationsImported(1, 2)
    session.rollback()
    command = ImportRelations(cid, village.one("steward").id, tuple(good.rows))
    assert run(import_relations, command) == RelationsImported(1, 2)
    assert run(import_relations, command) == RelationsImported(0, 3)
    assert acts(session, village)[1:] == [("relations_imported", "1", True, False)]
    with pytest.raises(Conflict) as refusal:
        run(import_relations, replace(command, rows=tuple(bad.rows)))
    assert (refusal.value.code, refusal.value.facts["line"]) == ("person_not_here", 2)
