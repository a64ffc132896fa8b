"""Catalogue sheets: the demo's 32 items, and what is refused in a sheet somebody edited."""

from collections import Counter
from pathlib import Path

import pytest

from app.files.tables import read_table
from points.errors import Invalid
from points.sheets import SheetRow
from shop.catalogue.sheet import KNOWN_HEADERS, read_catalogue

DEMO = Path(__file__).parents[2] / "app" / "demo" / "data"


def demo_catalogue():
    table = read_table((DEMO / "catalogue.csv").read_bytes(), "catalogue.csv", known=KNOWN_HEADERS)
    return read_catalogue(table.header, table.rows)


def item(**changes):
    usual = {
        "code": "I11", "kind": "goods", "name_zh": "大米", "points": "30", "reference_yuan": "30",
        "limit_count": "1", "limit_period": "month", "icon": "grains",
    }  # fmt: skip
    return {**usual, **changes}


def read(*items):
    rows = [SheetRow(line, tuple(one.values())) for line, one in enumerate(items, start=2)]
    return read_catalogue(tuple(item()), rows)


def codes(reading):
    return [(error.line, error.field, error.code) for error in reading.errors]


def test_the_demo_catalogue_is_32_items_without_an_error():
    reading = demo_catalogue()
    assert (len(reading.items), reading.errors, reading.notes) == (32, [], [])
    assert Counter(one.kind for one in reading.items) == {
        "goods": 20, "service": 7, "policy": 2, "time credit": 1, "honour": 1, "transfer": 1,
    }  # fmt: skip


def test_every_demo_item_has_unit_icon_and_one_line_in_both_languages():
    for one in demo_catalogue().items:
        assert all((one.name_en, one.unit_zh, one.icon, one.detail_zh, one.detail_en)), one.code


def test_a_sheet_names_the_partner_the_days_and_the_barcode():
    told = {"partner": "", "voucher_days": "", "barcode": ""}

    def read_wide(*items):
        rows = [SheetRow(line, tuple(one.values())) for line, one in enumerate(items, start=2)]
        return read_catalogue(tuple(item(**told)), rows)

    cut = item(code="S01", kind="service", partner="阿芳理发店", voucher_days="60", barcode="")
    rice = item(**told | {"barcode": "6901234567892"})
    ladder = item(**told | {"code": "L01", "kind": "loan", "voucher_days": "3"})
    found = [(one.partner, one.voucher_days, one.barcode) for one in read_wide(cut, rice, ladder).items]
    assert found == [("阿芳理发店", 60, None), (None, None, "6901234567892"), (None, 3, None)]
    wrong = item(**told | {"partner": "阿芳理发店", "voucher_days": "60", "barcode": "69 01"})
    assert codes(read_wide(wrong, item(**told | {"code": "S02", "kind": "ticket", "voucher_days": "0"}))) == [
        (2, "partner", "not_for_this_kind"), (2, "voucher_days", "not_for_this_kind"),
        (2, "barcode", "barcode_not_valid"), (3, "voucher_days", "amount_too_small"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("yuan", "fen"),
    [("4", 400), ("12.5", 1250), ("0.29", 29), ("１２", 1200), ("30元", 3000), ("", None), ("无", None)],
)
def test_a_reference_price_is_whole_fen_and_never_a_float(yuan, fen):
    price = read(item(reference_yuan=yuan)).items[0].reference_fen
    assert price == fen
    assert not isinstance(price, float)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"points": "1.5"}, "points", "amount_not_whole"),
        ({"points": "-3"}, "points", "amount_negative"),
        ({"points": "٣"}, "points", "amount_not_a_number"),
        ({"points": "1e9"}, "points", "amount_not_a_number"),
        ({"points": ""}, "points", "amount_missing"),
        ({"points": "0"}, "points", "amount_too_small"),
        ({"reference_yuan": "1.005"}, "reference_yuan", "amount_too_fine"),
        ({"reference_yuan": "10²"}, "reference_yuan", "amount_not_a_number"),
        ({"kind": "cash"}, "kind", "word_not_known"),
        ({"code": ""}, "code", "code_missing"),
        ({"code": "大米"}, "code", "code_not_valid"),
        ({"name_zh": ""}, "name_zh", "text_missing"),
        ({"limit_period": ""}, "limit_period", "limit_incomplete"),
        ({"limit_count": ""}, "limit_count", "limit_incomplete"),
        ({"limit_period": "decade"}, "limit_period", "word_not_known"),
        ({"icon": "../x"}, "icon", "icon_not_valid"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_column_and_reason(changes, field, code):
    reading = read(item(**changes))
    assert codes(reading) == [(2, field, code)]
    assert reading.items == []


def test_only_an_honour_may_be_free_and_only_a_transfer_without_a_price():
    assert read(item(kind="honour", points="0")).items[0].points == 0
    assert read(item(kind="transfer", points="")).items[0].points is None


def test_a_code_that_stands_twice_is_refused_and_names_the_first():
    reading = read(item(), item())
    assert codes(reading) == [(3, "code", "code_twice")]
    assert reading.errors[0].facts["first_line"] == 2


def test_a_sheet_without_its_columns_is_refused_once():
    with pytest.raises(Invalid) as caught:
        read_catalogue(("name_zh", "参考价"), [SheetRow(2, ("大米", "30"))])
    assert caught.value.code == "columns_missing"
    assert caught.value.facts == {"missing": ["code", "kind", "points"], "found": ["name_zh", "参考价"]}
