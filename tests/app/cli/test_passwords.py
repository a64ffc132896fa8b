"""``password``: the way back in for whoever nobody else may help."""

from __future__ import annotations

import re

import sqlalchemy as sa

from app.database import db
from app.identity.passwords import is_password_of, member_of_phone
from points.people.models import AdminAct

SETUP = ("--name", "清溪村", "--code", "qingxi", "--area", "浙江省/杭州市/余杭区/清溪镇", "--steward-name", "陈晓梅",
         "--steward-phone", "13800000001")  # fmt: skip


def test_the_only_operator_gets_a_new_first_password_and_the_public_list_says_so(flask, site):
    first = re.search(r"密码    (\w{10})", flask("setup", *SETUP).out)[1]
    said = flask("password", "138 0000 0001", "--reason", "忘了密码")
    assert said.status == 0, said.err
    second = re.search(r"密码    (\w{10})", said.out)[1]
    with site.app_context():
        known = member_of_phone(db.session(), "13800000001")
        assert (known.must_change, known.epoch) == (True, 2)
        assert (is_password_of(known, second), is_password_of(known, first)) == (True, False)
        acts = sa.select(AdminAct.reason).where(
            AdminAct.community_id == known.community_id, AdminAct.act == "password_issued"
        )
        assert "忘了密码" in db.session.scalars(acts).all()


def test_a_phone_that_nobody_has_is_refused(flask):
    said = flask("password", "13800000009")
    assert (said.status, "没有找到这个人" in said.err) == (1, True)
