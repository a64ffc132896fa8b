"""The demo village elected its two groups before the first session; three people have told whom they are close to."""

from __future__ import annotations

from datetime import date, timedelta

from app import clock
from app.demo.village import DemoVillage
from app.transaction import transact
from points.groups.operations import ElectGroup, elect_group
from points.groups.policy import SeatWanted, longest_end
from points.people.named import NamedPerson
from points.people.queries import MemberBrief
from points.people.relations import DeclareRelation, declare_relation

ASSEMBLY, VOTERS = "第十二届村民代表会议", 34
VOTES = ((33, 1), (31, 2), (30, 3), (28, 4), (26, 6))
# Two more who sit in the supervision group; they have no other part in the story.
SUPERVISORS = ("19900007103", "19900007192")
# Who declares it, about whom, and what they are to each other.
RELATIONS = (
    ("19900007340", "19900007236", "relative"),
    ("19900007051", "19900007134", "relative"),
    ("19900007208", "19900007099", "helper"),
)


def elect_groups(village: DemoVillage) -> None:
    """An assembly a week before the founding elected both groups, for three years from today."""
    today = clock.today("Asia/Shanghai")
    _elect(village, "review", village.judges, today)
    more = [village.people[phone] for phone in SUPERVISORS]
    _elect(village, "supervision", [*village.roles["supervisor"], *more], today)


def _elect(village: DemoVillage, kind: str, people: list[MemberBrief], today: date) -> None:
    seats = tuple(
        SeatWanted(person.id, votes_for, against, is_chair=place == 0)
        for place, (person, (votes_for, against)) in enumerate(zip(people, VOTES, strict=False))
    )
    ends_on = longest_end(today) - timedelta(days=1)
    command = ElectGroup(
        village.id,
        None,
        f"demo-{kind}",
        kind,
        ASSEMBLY,
        today - timedelta(days=7),
        today,
        ends_on,
        VOTERS,
        seats,
    )
    transact(elect_group, command)


def declare_relations(village: DemoVillage) -> None:
    """Two of the review group name a brother, a third somebody she runs errands for."""
    for own, other, kind in RELATIONS:
        named = village.people[other]
        whom = NamedPerson(named.name, named.household_number)
        transact(declare_relation, DeclareRelation(village.id, village.people[own].id, whom, kind))
