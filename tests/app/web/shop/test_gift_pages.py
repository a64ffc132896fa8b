"""Gifts and the care pool on the web: given with a word, thanked with a tap, public as sums only."""

from __future__ import annotations

from points.people.queries import MemberBrief
from tests.app.web.resident.street import Street, flashed, value_of, words
from tests.builders import a_key


def gift(
    street: Street, to: MemberBrief | None, points: object, note: str = "", **more: str
) -> dict[str, str]:
    """What the form sends."""
    return {
        "to": "person" if to else "pool", "name": to.name if to else "", "points": str(points), "note": note,
        "household": "", "request_key": a_key(),
    } | more  # fmt: skip


def test_a_gift_arrives_with_its_word_and_is_thanked_for(street: Street) -> None:
    giver, taker = street.as_(street.rich), street.as_(street.poor)
    sent = gift(street, street.poor, 5, "祝早日康复")
    for _click in range(2):
        assert giver.post("/gifts", data=sent).status_code == 303
    assert (street.purse(street.rich).available, street.purse(street.poor).available) == (15, 5)
    page = taker.get("/gifts")
    assert f"{street.rich.name} 送您家 5 分：祝早日康复" in words(page)
    path = page.text.partition('action="/gifts/')[2].partition('"')[0]
    assert giver.post(f"/gifts/{path}").status_code == 404
    assert taker.post(f"/gifts/{path}").status_code == 303
    assert "对方说谢谢" in words(giver.get("/gifts"))
    assert "祝早日康复" not in words(street.as_(street.neighbour).get("/gifts"))


def test_a_refused_gift_keeps_what_was_typed_and_says_why(street: Street) -> None:
    giver = street.as_(street.rich)
    for sent, status, why in (
        (gift(street, street.poor, 2, "微信转我 10 元"), 422, "积分只能送，不能买卖"),
        (gift(street, street.rich, 2), 422, "不用送"),
        (gift(street, street.poor, 2, name="没有这人"), 422, "没有这人"),
        (gift(street, street.poor, 2, name=""), 422, "没有填姓名"),
        (gift(street, street.poor, "1.5"), 422, "整数"),
        (gift(street, None, 21), 409, "积分不够"),
        (gift(street, street.poor, 21), 409, "今天还能送 20 分"),
    ):
        answer = giver.post("/gifts", data=sent)
        assert (answer.status_code, why in words(answer)) == (status, True), (sent, words(answer))
        assert value_of(answer, "note") == [sent["note"]]
    assert street.purse(street.rich).available == 20


def test_the_pool_gives_goods_to_who_two_people_named_and_the_public_reads_sums(street: Street) -> None:
    steward, supervisor, counter = (street.staff(role) for role in ("steward", "supervisor", "shop_staff"))
    person = street.poor
    here = {"m": str(person.id)}
    assert "按平常的办法结账" in words(counter.get("/counter/care", query_string=here))
    assert steward.post("/desk/care", data={"name": person.name, "why": "illness"}).status_code == 303
    listed = supervisor.get("/desk/care")
    assert f"{person.name} {person.household_number} 户 · 生病 等监督员确认" in words(listed)
    path = listed.text.partition('action="/desk/care/')[2].partition("/confirm")[0]
    assert steward.post(f"/desk/care/{path}/confirm").status_code == 403
    assert supervisor.post(f"/desk/care/{path}/confirm").status_code == 303
    assert street.as_(street.rich).post("/gifts", data=gift(street, None, 10)).status_code == 303
    assert "肥皂/香皂 每件 4 分" in words(counter.get("/counter/care", query_string=here))
    soap, salt = (f"q-{street.village.items[code]}" for code in ("I01", "I09"))
    nothing = counter.post("/counter/care", data=here | {soap: "0", "request_key": a_key()})
    assert (nothing.status_code, "还没有选东西" in words(nothing)) == (422, True)
    things = {soap: "1", salt: "1", "request_key": a_key()}
    for _click in range(2):
        assert counter.post("/counter/care", data=here | things).status_code == 303
    assert "爱心池付了 7 分" in flashed(counter)
    short = counter.post("/counter/care", data=here | things | {"request_key": a_key()})
    assert (short.status_code, "爱心池里只有 3 分" in words(short)) == (409, True)
    assert (value_of(short, soap), value_of(short, salt)) == (["1"], ["1"])
    assert (
        counter.post("/counter/care", data=here | {"q-rice": "1", "request_key": a_key()}).status_code == 404
    )
    public = words(street.stranger().get("/c/yitian/care"))
    assert "爱心池本月送出 7 分的东西" in public
    assert "池里现有 3 分" in public
    changes = words(street.stranger().get("/c/yitian/changes"))
    assert "关爱名单确认了一位" in changes
    assert person.name not in public + changes
    assert street.as_(street.rich).get("/desk/care").status_code == 403
    assert steward.post(f"/desk/care/{path}/end").status_code == 303
    assert "名单上现在没有人" in words(steward.get("/desk/care"))


def test_the_supervisor_sees_who_gave_in_turn(street: Street) -> None:
    supervisor = street.staff("supervisor")
    assert "30 天里没有互相送的" in words(supervisor.get("/desk/gifts"))
    street.as_(street.rich).post("/gifts", data=gift(street, street.neighbour, 3))
    street.as_(street.neighbour).post("/gifts", data=gift(street, street.rich, 2))
    page = words(supervisor.get("/desk/gifts"))
    assert "请看一看" in page
    assert street.rich.name in page
    assert street.as_(street.rich).get("/desk/gifts").status_code == 403
