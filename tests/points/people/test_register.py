"""The register: pages by household number, borders between communities, phones that are shown with a reason."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from points.errors import DomainError
from points.people.models import AdminAct, Grid
from points.people.operations import (
    GrantRole,
    IssueCard,
    IssueCards,
    RevokeRole,
    grant_role,
    issue_card,
    issue_cards,
    revoke_role,
)
from points.people.phones import ShowPhone, show_phone
from points.people.queries import roles_of
from points.people.register import (
    card_holders,
    grids_of,
    household_file,
    member_file,
    register_page,
    roles_by_member,
)
from tests.builders import given_village, phone_of, refused


@pytest.fixture
def village(session):
    """Nine who serve and six residents, each in a household of their own, in three grids."""
    return given_village(with_credentials=False, budget=0)


def code_of(call, *args, **more):
    """The code with which a query refuses."""
    with pytest.raises(DomainError) as refusal:
        call(*args, **more)
    return refusal.value.code


def test_pages_of_the_register_go_on_where_the_last_one_ended(session, village):
    seen, after = [], ""
    while page := register_page(session, village.community_id, after=after, limit=4):
        seen += page
        after = page[-1].cursor
    assert [line.household_number for line in seen] == [f"{number:03d}" for number in range(1, 16)]


@pytest.mark.parametrize("cursor", ["x", "001/", "001/none", "/", "001"])
def test_a_cursor_that_is_none_is_refused(session, village, cursor):
    assert code_of(register_page, session, village.community_id, after=cursor) == "bad_cursor"


def test_a_grid_has_its_own_pages_and_its_count(session, village):
    grids = grids_of(session, village.community_id)
    assert [(grid.name, grid.members) for grid in grids] == [("第1网格", 5), ("第2网格", 5), ("第3网格", 5)]
    lines = register_page(session, village.community_id, grid_id=grids[1].id)
    assert {line.grid for line in lines} == {"第2网格"}
    assert len(lines) == 5


def test_another_communitys_people_and_households_are_not_found(session, village):
    other = given_village(code="liuhe", village=2, residents=1, with_credentials=False, budget=0)
    stranger = other.residents[0]
    assert code_of(member_file, session, village.community_id, stranger.id) == "member_not_found"
    assert (
        code_of(household_file, session, village.community_id, stranger.household_id) == "household_not_found"
    )
    assert card_holders(session, village.community_id, member_ids=[stranger.id]) == []
    session.rollback()
    for operation, command in (
        (show_phone, ShowPhone(village.community_id, village.one("steward").id, stranger.id, "通知取货")),
        (grant_role, GrantRole(village.community_id, stranger.id, "reviewer", "推选")),
        (issue_card, IssueCard(village.community_id, stranger.id)),
        (issue_cards, IssueCards(village.community_id, (stranger.id,))),
    ):
        assert refused(operation, command) == "member_not_found"


def test_a_phone_is_shown_with_a_reason_that_anybody_can_read(session, run, village):
    person, steward = village.residents[0], village.one("steward")
    assert refused(show_phone, ShowPhone(village.community_id, steward.id, person.id, " ")) == "reason_needed"
    command = ShowPhone(village.community_id, steward.id, person.id, "通知取货")
    assert run(show_phone, command) == phone_of(10)
    act = session.execute(
        sa.select(AdminAct).where(
            AdminAct.community_id == village.community_id, AdminAct.act == "phone_shown"
        )
    ).scalar_one()
    assert (act.actor_id, act.subject_id, act.reason, act.detail) == (steward.id, person.id, "通知取货", "")


def test_a_file_shows_roles_with_scope_and_giver(session, run, village):
    person, steward = village.residents[0], village.one("steward")
    grid_id = session.scalar(sa.select(Grid.id).where(Grid.community_id == village.community_id).limit(1))
    session.rollback()
    run(
        grant_role,
        GrantRole(village.community_id, person.id, "grid_worker", "网格会推选", steward.id, grid_id),
    )
    held = member_file(session, village.community_id, person.id).roles
    assert [(role.role, role.scope_id, role.granted_by) for role in held] == [
        ("grid_worker", grid_id, steward.name)
    ]
    assert roles_by_member(session, village.community_id, [person.id]) == {person.id: ("grid_worker",)}


def test_a_role_given_twice_is_one_line_of_the_public_list(session, run, village):
    person = village.residents[0]
    for _ in range(2):
        run(grant_role, GrantRole(village.community_id, person.id, "reviewer", "推选"))
    lines = session.scalars(
        sa.select(AdminAct.id).where(
            AdminAct.community_id == village.community_id, AdminAct.subject_id == person.id
        )
    ).all()
    assert len(lines) == 1


def test_only_an_operator_makes_or_unmakes_operators(session, run, village):
    person, steward, operator = village.residents[0], village.one("steward"), village.one("operator")
    grant = GrantRole(village.community_id, person.id, "operator", "换人", steward.id)
    assert refused(grant_role, grant) == "operators_choose_operators"
    revoke = RevokeRole(village.community_id, operator.id, "operator", "换人", steward.id)
    assert refused(revoke_role, revoke) == "operators_choose_operators"
    run(grant_role, GrantRole(village.community_id, person.id, "operator", "换人", operator.id))
    assert "operator" in roles_of(session, village.community_id, person.id)


def test_the_last_steward_stays(session, run, village):
    steward, person = village.one("steward"), village.residents[0]
    revoke = RevokeRole(village.community_id, steward.id, "steward", "换届", steward.id)
    assert refused(revoke_role, revoke) == "last_steward"
    run(grant_role, GrantRole(village.community_id, person.id, "steward", "换届", steward.id))
    run(revoke_role, revoke)
    assert "steward" not in roles_of(session, village.community_id, steward.id)


def test_cards_are_issued_to_those_who_have_none(session, run, village):
    first, second = village.residents[:2]
    code = run(issue_card, IssueCard(village.community_id, first.id))
    assert run(issue_cards, IssueCards(village.community_id, (first.id, second.id, second.id))) == 1
    assert run(issue_cards, IssueCards(village.community_id, (first.id, second.id))) == 0
    holders = {
        holder.id: holder
        for holder in card_holders(session, village.community_id, member_ids=[first.id, second.id])
    }
    assert holders[first.id].code == code
    assert holders[second.id].code
    session.rollback()
    assert refused(issue_cards, IssueCards(village.community_id, (uuid.uuid4(),))) == "member_not_found"
