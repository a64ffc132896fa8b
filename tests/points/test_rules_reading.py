"""Rule sheets: the demo's 46 items, and what is refused in a sheet somebody edited."""

from collections import Counter
from pathlib import Path

import pytest

from app.files.tables import read_table
from points.errors import Invalid
from points.rules.sheet import KNOWN_HEADERS, read_rules
from points.sheets import SheetRow

DEMO = Path(__file__).parents[2] / "app" / "demo" / "data"


def demo_rules():
    table = read_table((DEMO / "rules.csv").read_bytes(), "rules.csv", known=KNOWN_HEADERS)
    return read_rules(table.header, table.rows)


def item(**changes):
    usual = {
        "code": "ENV-02", "category_zh": "环境", "name_zh": "参加集体清扫", "score": "redeemable",
        "points_min": "2", "points_default": "3", "points_max": "5",
        "cap_count": "2", "cap_unit": "times", "cap_period": "week",
        "photo": "required", "reporters": "activity_leader", "review_path": "attendance",
    }  # fmt: skip
    return {**usual, **changes}


def read(*items):
    rows = [SheetRow(line, tuple(one.values())) for line, one in enumerate(items, start=2)]
    return read_rules(tuple(item()), rows)


def codes(reading):
    return [(error.line, error.field, error.code) for error in reading.errors]


def test_the_demo_rules_are_46_items_without_an_error():
    reading = demo_rules()
    assert (len(reading.items), reading.errors, reading.notes) == (46, [], [])
    assert Counter(one.score for one in reading.items) == {"redeemable": 37, "honour": 3, "conduct": 6}


def test_every_demo_rule_says_in_both_languages_what_it_is_and_gives_an_example():
    for one in demo_rules().items:
        texts = (one.name_zh, one.name_en, one.unit_zh, one.unit_en, one.evidence_zh, one.evidence_en)
        assert all(texts), one.code
        assert all((one.example_zh, one.example_en, one.category_zh, one.category_en)), one.code
        assert bool(one.note_zh) == bool(one.note_en), one.code


def test_demo_rules_that_ask_for_photos_as_evidence_require_one_and_a_blood_card_is_never_kept():
    photos = {one.code: one.photo for one in demo_rules().items}
    required = {code for code, photo in photos.items() if photo == "required"}
    assert required == {
        "ENV-01", "ENV-02", "ENV-03", "ENV-04", "ENV-05", "VOL-05", "GOV-04", "GOV-05", "DED-01", "DED-02",
    }  # fmt: skip
    assert [code for code, photo in photos.items() if photo == "none"] == ["PUB-03"]


def test_a_deduction_is_never_above_zero_and_everything_else_never_below_one():
    for one in demo_rules().items:
        if one.score == "conduct":
            assert one.points_max <= 0, one.code
        else:
            assert one.points_min >= 1, one.code


def test_several_reporters_stand_in_one_cell():
    assert read(item(reporters="self|grid_worker")).items[0].reporters == ("self", "grid_worker")
    assert read(item(reporters="本人、网格员")).items[0].reporters == ("self", "grid_worker")
    assert read(item(reporters="")).items[0].reporters == ("self", "grid_worker")


def test_a_range_left_out_is_the_default_alone():
    one = read(item(points_min="", points_max="")).items[0]
    assert (one.points_min, one.points_default, one.points_max) == (3, 3, 3)


def test_an_item_without_any_cap_column_filled_has_no_cap():
    one = read(item(cap_count="", cap_unit="", cap_period="")).items[0]
    assert (one.cap_count, one.cap_unit, one.cap_period) == (None, None, None)


def test_half_a_cap_is_refused_rather_than_taken_for_none():
    reading = read(item(cap_period=""))
    assert codes(reading) == [(2, "cap_period", "cap_incomplete")]
    assert reading.items == []


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ("1.5", "amount_not_whole"), ("-3", "amount_negative"), ("٣", "amount_not_a_number"),
        ("1e9", "amount_not_a_number"), ("", "amount_missing"), ("0", "amount_too_small"), ("1001", "amount_too_large"),
    ],
)  # fmt: skip
def test_points_that_are_no_whole_number_name_row_and_column(points, code):
    assert codes(read(item(), item(code="ENV-03", points_default=points))) == [(3, "points_default", code)]


def test_full_width_points_are_read():
    assert read(item(points_default="３")).items[0].points_default == 3


def test_a_deduction_with_points_above_zero_is_refused():
    reading = read(item(score="conduct", points_min="-5", points_default="-3", points_max="3"))
    assert codes(reading) == [(2, "points_max", "amount_too_large")]


def test_a_range_out_of_order_is_refused():
    assert codes(read(item(points_min="4"))) == [(2, "points_default", "points_out_of_order")]


def test_a_code_that_stands_twice_is_refused_and_names_the_first():
    reading = read(item(), item(name_zh="另一项"))
    assert codes(reading) == [(3, "code", "code_twice")]
    assert reading.errors[0].facts["first_line"] == 2


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"code": ""}, "code", "code_missing"),
        ({"code": "环境1"}, "code", "code_not_valid"),
        ({"name_zh": ""}, "name_zh", "text_missing"),
        ({"name_zh": "长" * 61}, "name_zh", "text_too_long"),
        ({"score": ""}, "score", "word_missing"),
        ({"score": "现金"}, "score", "word_not_known"),
        ({"reporters": "self|passer-by"}, "reporters", "word_not_known"),
        ({"review_path": "secret"}, "review_path", "word_not_known"),
        ({"cap_period": "century"}, "cap_period", "word_not_known"),
        ({"photo": "maybe"}, "photo", "word_not_known"),
    ],
)
def test_a_word_outside_the_list_is_refused_with_its_column(changes, field, code):
    assert codes(read(item(**changes))) == [(2, field, code)]


def test_a_refused_word_comes_with_the_words_that_are_known():
    assert read(item(score="gold")).errors[0].facts["allowed"] == ["redeemable", "honour", "conduct"]


def test_a_sheet_without_its_columns_is_refused_once():
    with pytest.raises(Invalid) as caught:
        read_rules(("name_zh", "points_default"), [SheetRow(2, ("扫地", "3"))])
    assert caught.value.code == "columns_missing"
    assert caught.value.facts["missing"] == ["code", "category_zh", "score"]


def test_a_sheet_in_chinese_reads_like_one_in_english():
    header = (
        "编号",
        "类别",
        "项目",
        "积分种类",
        "分值",
        "最低分",
        "最高分",
        "上限",
        "上限单位",
        "上限周期",
        "照片",
    )
    row = ("env-09", "环境", "门前三包", "可兑换", "３", "1", "5", "2", "次", "月", "必须")
    one = read_rules(header, [SheetRow(2, row)]).items[0]
    assert (one.code, one.score, one.points_default, one.cap_unit, one.cap_period, one.photo) == (
        "ENV-09", "redeemable", 3, "times", "month", "required",
    )  # fmt: skip
