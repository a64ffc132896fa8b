"""The steward's pages of items and shops, what everybody sees of them, price tags, wishes."""

from __future__ import annotations

import sqlalchemy as sa

from app.database import db
from shop.queries import shop_by_id
from tests.app.web.resident.street import Street, a_photo, flashed, links, words


def test_a_new_item_is_put_in_priced_and_shown_to_everybody(street: Street) -> None:
    steward, village = street.staff("steward"), street.village
    typed = {
        "code": "I99", "kind": "goods", "name_zh": "保温杯", "name_en": "flask", "points": "12", "reference_yuan": "12.5",
        "limit_person_day": "1", "sold_at": str(village.shop_id), f"low-{village.shop_id}": "2",
    }  # fmt: skip
    refused = steward.post("/stock/items/new", data=typed | {"points": "1.5", "limit_person_day": "x"})
    assert (refused.status_code, 'value="保温杯"' in refused.text) == (422, True)
    assert all(f'id="f-{name}-err"' in refused.text for name in ("points", "limit_person_day"))
    page = steward.post("/stock/items/new", data=typed).location
    assert steward.post("/stock/items/new", data=typed).status_code == 409
    shown = street.stranger().get(f"/c/{village.code}/shelf")
    assert "保温杯" in shown.text
    assert 'id="I99"' in shown.text
    assert "每人每天最多 1 件" in words(street.as_(street.rich).get("/shop"))
    base = page.removesuffix("/edit")
    price = {"points": "10", "starts": "day", "valid_on": "2026-12-01", "reason": "进价降了"}
    assert steward.post(f"{base}/price", data=price | {"valid_on": ""}).status_code == 422
    assert steward.post(f"{base}/price", data=price | {"valid_on": "2020-01-01"}).status_code == 422
    answer = steward.post(f"{base}/price", data=price)
    assert (answer.status_code, "记好了" in flashed(steward)) == (303, True)
    assert "12月1日起：10 分（现在 12 分）" in words(street.stranger().get(f"/c/{village.code}/shelf"))
    assert "12月1日 00:00 10 0.00" in words(steward.get(page)).replace("2026年", "")
    edited = steward.post(page, data=typed | {"name_zh": "大保温杯", "limit_person_day": ""})
    assert edited.status_code == 303
    assert "大保温杯" in words(steward.get(page))
    for path in (page, "/stock/items/new", "/stock/shops"):
        assert street.staff("shop_staff").get(path).status_code == 403
    told = words(street.stranger().get(f"/c/{village.code}/changes?kind=shop"))
    assert "预告新价（分）I99 保温杯: 12 → 10 2026-12-01 起" in told
    assert "修改货品 I99 大保温杯" in told


def test_a_ticket_says_when_it_begins(street: Street) -> None:
    steward, village = street.staff("steward"), street.village
    typed = {
        "code": "I98", "kind": "ticket", "name_zh": "看戏", "points": "2", "sold_at": str(village.shop_id),
        "takes_place_on": "2027-03-05", "takes_place_time": "19:30",
    }  # fmt: skip
    for wrong in ({"takes_place_time": ""}, {"takes_place_on": ""}, {"takes_place_time": "7 点半"}):
        refused = steward.post("/stock/items/new", data=typed | wrong)
        assert (refused.status_code, 'id="f-takes_place_time-err"' in refused.text) == (422, True)
    page = steward.post("/stock/items/new", data=typed).location
    assert all(f'value="{text}"' in steward.get(page).text for text in ("2027-03-05", "19:30"))
    for shown in (street.stranger().get(f"/c/{village.code}/shelf"), street.as_(street.rich).get("/shop")):
        assert "2027年3月5日 19:30 开始" in words(shown)


def test_a_photo_of_an_item_is_for_everybody_and_goes_with_the_next(street: Street) -> None:
    steward, item = street.staff("steward"), street.village.items["I01"]
    path = f"/stock/items/{item}/photo"
    assert steward.post(path, data={}).status_code == 422
    assert steward.post(path, data={"photo": (a_photo()[0], "x.jpg")}).status_code == 303
    shelf = f"/c/{street.village.code}/shelf"
    page = street.stranger().get(shelf).text
    (address,) = {
        part.split('"')[0] for part in page.split('src="')[1:] if part.startswith(f"{shelf}/photos/")
    }
    with street.stranger().get(address) as photo:
        assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert street.stranger().get(address.replace(street.village.code, street.other.code)).status_code == 404
    assert steward.post(path, data={"remove": "1"}).status_code == 303
    assert street.stranger().get(address).status_code == 404


def test_a_new_name_leaves_the_hours_in_words_alone(street: Street) -> None:
    steward, village = street.staff("steward"), street.village
    shop = f"/stock/shops/{village.shop_id}"

    def hours() -> str:
        return street.ask(shop_by_id, village.community_id, village.shop_id).hours

    before = hours()
    assert steward.post(shop, data={"name": "村口新店", "place": "村委会旁"}).status_code == 303
    assert (hours(), before != "") == (before, True)


def test_a_shop_gets_hours_and_its_staff_hold_the_door(street: Street) -> None:
    steward, village = street.staff("steward"), street.village
    shop = f"/stock/shops/{village.shop_id}"
    times = {"opens_at": "08:00", "closes_at": "11:00"}
    assert steward.post(f"{shop}/hours", data=times | {"pattern": "weekly"}).status_code == 422
    assert (
        steward.post(f"{shop}/hours", data=times | {"pattern": "days", "month_days": "5,32"}).status_code
        == 422
    )
    for more in (
        {"pattern": "weekly", "weekdays": ["MO", "TU", "WE", "TH", "FR"]},
        {"pattern": "nth", "nth": "2", "weekday": "SA"},
        {"pattern": "days", "month_days": "5、15,25"},
    ):
        assert steward.post(f"{shop}/hours", data=times | more).status_code == 303
    page = words(steward.get(shop))
    assert all(
        said in page for said in ("周一至周五 8:00–11:00", "每月第 2 个周六 8:00–11:00", "每月 5、15、25 日")
    )
    assert "现在开着门，11:00 关门" in words(street.as_(street.rich).get("/shop"))
    staff = street.staff("shop_staff")
    assert staff.post("/stock/door", data={"door": "ajar"}).status_code == 422
    assert staff.post("/stock/door", data={"door": "closed", "reason": "去进货"}).status_code == 303
    assert "临时关门" in words(street.stranger().get(f"/c/{village.code}/shelf"))
    told = words(street.stranger().get(f"/c/{village.code}/changes?kind=shop"))
    assert "临时关门" in told
    key = "FREQ=MONTHLY;BYDAY=2SA 08:00 11:00"
    assert steward.post(f"{shop}/hours/remove", data={"which": key}).status_code == 303
    assert "第 2 个周六" not in words(steward.get(shop))
    assert steward.post(shop, data={"name": "新店名", "place": "桥头"}).status_code == 303
    opened = steward.post("/stock/shops", data={"name": "理发店", "kind": "partner"})
    assert "理发店" in words(steward.get(opened.location))
    barber = opened.location.rpartition("/")[2]
    assert "理发店" in words(street.stranger().get(f"/c/{village.code}/shelf?shop={barber}"))
    assert street.as_(street.rich).get(f"/shop?shop={barber}").status_code == 404
    assert staff.get(f"/stock/door?shop={opened.location.rpartition('/')[2]}").status_code == 404
    assert street.as_(street.rich).get("/stock/door").status_code == 403


def test_the_shelf_costs_few_statements_and_tags_carry_its_address(street: Street) -> None:
    village, statements = street.village, []
    with street.site.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    street.stranger().get(f"/c/{village.code}/shelf")
    assert len([one for one in statements if one.startswith("SELECT")]) <= 6
    staff = street.staff("shop_staff")
    assert staff.post("/stock/tags", data={}).status_code == 422
    sheet = staff.post(
        "/stock/tags", data={"item_ids": [str(village.items[code]) for code in ("I01", "I02")]}
    )
    assert sheet.status_code == 200
    assert sheet.text.count('class="card"') == 2
    assert links(staff.get("/stock"), "/stock/tags")


def test_wishes_are_made_backed_and_answered_without_names(street: Street) -> None:
    rich, poor, steward = street.as_(street.rich), street.as_(street.poor), street.staff("steward")
    assert rich.post("/shop/wishes", data={"text": ""}).status_code == 422
    assert rich.post("/shop/wishes", data={"text": "保温杯"}).status_code == 303
    page = poor.get("/shop/wishes")
    assert "保温杯 等答复 1 人想要" in words(page)
    assert street.rich.name not in words(page)
    (back,) = {
        part.split('"')[0] for part in page.text.split('action="')[1:] if part.split('"')[0].endswith("/back")
    }
    assert poor.post(back).status_code == 303
    assert "2 人想要" in words(poor.get("/shop/wishes"))
    answer = back.replace("/back", "/answer")
    assert poor.post(answer, data={"state": "done", "answer": "到了"}).status_code == 403
    assert steward.post(answer, data={"state": "done"}).status_code == 422
    assert steward.post(answer, data={"state": "done", "answer": "到了"}).status_code == 303
    assert "保温杯 到了 已经有了" in words(poor.get("/shop/wishes"))
    assert poor.post(back).status_code == 303
    assert "已经有了结果" in flashed(poor)
