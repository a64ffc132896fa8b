"""Taking a roster in: who is known again, what is refused, and that a second time changes nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.files.tables import read_table
from points.ledger.accounts import account_id_of
from points.people.intake import ImportRoster, check_roster, import_roster, preview_roster
from points.people.models import AdminAct, Household, Member, Phone
from points.people.operations import FoundCommunity, found_community
from points.people.register import member_file
from points.people.roster import KNOWN_HEADERS, RosterRow, read_roster
from tests.builders import DATA, MONDAY, given_village, refused

AREAS = (("province", "山东省"), ("city", "济南市"))


def row(number="001", name="李兰英", year=1960, phone=None, line=2, **more):
    """A row of a roster that was read."""
    values = {"grid": "第一网格", "address": "1号", "relation": "户主", "gender": "female", "is_party_member": None,
              "employer": None} | more  # fmt: skip
    return RosterRow(line=line, household_number=number, name=name, birth_year=year, phone=phone, **values)


@pytest.fixture
def community_id(run):
    """A community with nobody in it."""
    return run(found_community, FoundCommunity("hexi", "河西村", AREAS))


@pytest.fixture
def take_in(run, community_id):
    """``take_in(row, row)``: imports them."""
    return lambda *rows: run(import_roster, ImportRoster(community_id, None, rows))


def people(session, community_id):
    """Household number, name and birth year of everybody."""
    found = session.execute(
        sa.select(Household.number, Member.name, Member.birth_year)
        .join(
            Household,
            sa.and_(Household.community_id == Member.community_id, Household.id == Member.household_id),
        )
        .where(Member.community_id == community_id)
        .order_by(Household.number, Member.id)
    ).all()
    session.rollback()
    return [tuple(one) for one in found]


def acts(session, community_id):
    """Lines of the public list."""
    found = session.scalars(sa.select(AdminAct.act).where(AdminAct.community_id == community_id)).all()
    session.rollback()
    return found


def test_the_demo_roster_imported_twice_changes_nothing(session, community_id, take_in):
    table = read_table((DATA / "roster.csv").read_bytes(), "roster.csv", known=KNOWN_HEADERS)
    rows = read_roster(table.header, table.rows, today=MONDAY.date()).rows
    first, second = take_in(*rows), take_in(*rows)
    assert (first.members_added, first.households_added) == (353, 120)
    assert second.changed_nothing
    assert second.members_unchanged == 353
    assert len(people(session, community_id)) == 353
    assert acts(session, community_id) == ["roster_imported"]


def test_what_the_preview_says_is_what_the_import_does(session, community_id, take_in):
    take_in(row(), row("002", "王强", 1950, line=3))
    rows = (
        row(phone="13900000001"),
        row("002", "王强", 1950, address="9号", line=3),
        row("003", "孙杰", line=4),
    )
    preview = preview_roster(session, community_id, rows)
    session.rollback()
    assert preview == take_in(*rows)
    assert (preview.members_added, preview.members_changed, preview.members_unchanged) == (1, 1, 1)
    assert (preview.households_added, preview.households_changed) == (1, 1)


def test_a_household_that_only_moved_is_told_and_written_down(session, community_id, take_in):
    take_in(row())
    moved = take_in(row(grid="第二网格"))
    assert (moved.households_changed, moved.changed_nothing) == (1, False)
    assert acts(session, community_id) == ["roster_imported", "roster_imported"]


def test_two_of_one_name_in_a_household_stay_two_people(session, community_id, take_in):
    rows = (row(name="王丽", year=1970), row(name="王丽", year=1998, relation="女儿", line=3))
    assert take_in(*rows).members_added == 2
    assert take_in(*rows).changed_nothing
    assert people(session, community_id) == [("001", "王丽", 1970), ("001", "王丽", 1998)]


def test_a_row_that_could_mean_either_of_two_namesakes_is_refused(session, community_id, take_in):
    take_in(row(name="王丽", year=1970), row(name="王丽", year=1998, line=3))
    errors = check_roster(session, community_id, [row(name="王丽", year=None, line=7)])
    session.rollback()
    assert [(error.line, error.field, error.code, error.facts["years"]) for error in errors] == [
        (7, "birth_year", "person_not_clear", ["1970", "1998"])
    ]
    assert (
        refused(import_roster, ImportRoster(community_id, None, (row(name="王丽", year=None),)))
        == "person_not_clear"
    )


def test_a_year_that_comes_later_completes_the_person(session, community_id, take_in):
    take_in(row(year=None))
    assert take_in(row(year=1960)).members_changed == 1
    assert take_in(row(year=None)).changed_nothing
    assert people(session, community_id) == [("001", "李兰英", 1960)]


def test_empty_cells_and_missing_columns_erase_nothing(session, community_id, take_in):
    take_in(row(phone="13900000001", employer="供电公司", is_party_member=True))
    assert take_in(row(phone=None, employer=None, is_party_member=None, address=None)).changed_nothing
    member_id = session.scalar(sa.select(Member.id).where(Member.community_id == community_id))
    found = member_file(session, community_id, member_id)
    assert (found.phone, found.employer, found.is_party_member, found.address) == (
        "13900000001", "供电公司", True, "1号",
    )  # fmt: skip


def test_a_new_phone_frees_the_old_number(session, community_id, take_in):
    take_in(row(phone="13900000001"))
    take_in(row(phone="13900000002"))
    phones = session.scalars(sa.select(Phone.phone)).all()
    session.rollback()
    assert phones == ["13900000002"]
    assert take_in(row("002", "王强", phone="13900000001")).members_added == 1


def test_a_phone_of_a_neighbour_is_refused_by_name_and_one_of_another_community_without(
    session, run, community_id, take_in
):
    take_in(row("012", "李承志", phone="13900000001"))
    other = given_village(residents=1, with_credentials=False)
    session.rollback()
    rows = [row("002", "王强", phone="13900000001", line=5), row("003", "孙杰", phone="13900010001", line=6)]
    errors = check_roster(session, community_id, rows)
    session.rollback()
    assert [(error.line, error.code) for error in errors] == [(5, "phone_of_another"), (6, "phone_in_use")]
    assert (errors[0].facts["owner"], errors[0].facts["household"]) == ("李承志", "012")
    assert set(errors[1].facts) == {"value"}
    assert refused(import_roster, ImportRoster(community_id, None, tuple(rows))) == "phone_of_another"
    assert len(people(session, community_id)) == 1
    assert other.community_id != community_id


@pytest.mark.parametrize(("wallet_kind", "owners"), [("household", 1), ("member", 2)])
def test_wallets_open_for_households_or_for_members(session, run, wallet_kind, owners):
    community_id = run(found_community, FoundCommunity("hexi", "河西村", AREAS, wallet_kind=wallet_kind))
    run(import_roster, ImportRoster(community_id, None, (row(), row(name="王强", year=1950, line=3))))
    keys = session.execute(
        sa.select(Member.id, Member.household_id).where(Member.community_id == community_id)
    ).all()
    wallets = {
        account_id_of(
            session, community_id, wallet_kind, key.household_id if wallet_kind == "household" else key.id
        )
        for key in keys
    }
    assert None not in wallets
    assert len(wallets) == owners
