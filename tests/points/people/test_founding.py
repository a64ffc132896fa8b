"""Ids of the shared tables, and founding a community twice."""

from __future__ import annotations

from points.people.operations import FoundCommunity, found_community, new_shared_id
from points.people.queries import area_path, community_by_code
from tests.builders import refused


def test_shared_ids_made_in_one_millisecond_differ_and_grow():
    ids = [new_shared_id() for _ in range(5000)]
    assert sorted(set(ids)) == ids
    assert max(ids) < 2**63


def test_communities_of_one_town_share_its_areas(session, run):
    areas = (("province", "山东省"), ("city", "济南市"), ("town", "义田镇"))
    first, second = (run(found_community, FoundCommunity(code, code, areas)) for code in ("hexi", "hedong"))
    assert area_path(session, first) == area_path(session, second) == ["山东省", "济南市", "义田镇"]


def test_a_code_in_use_is_refused(session, run):
    run(found_community, FoundCommunity("hexi", "河西村", (("province", "山东省"),)))
    assert (
        refused(found_community, FoundCommunity("hexi", "河西村", (("province", "山东省"),)))
        == "community_exists"
    )


def test_points_of_a_village_may_last_for_ever(session, run):
    area = (("province", "山东省"),)
    run(found_community, FoundCommunity("hexi", "河西村", area, expiry_years=None))
    run(found_community, FoundCommunity("hedong", "河东村", area))
    years = [community_by_code(session, code).expiry_years for code in ("hexi", "hedong")]
    session.rollback()
    assert years == [None, 1]
