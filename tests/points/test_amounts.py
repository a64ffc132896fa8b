"""Amounts as people write them: taken exactly, or refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.amounts import parse_fen, parse_points
from points.errors import Invalid


def refusal(text, *, least=1, most=100, full_width=False):
    with pytest.raises(Invalid) as caught:
        parse_points(text, least=least, most=most, full_width=full_width)
    return caught.value.code


@given(st.integers(-(10**12), 10**12))
def test_every_whole_number_comes_back_as_it_was_written(number):
    assert parse_points(str(number), least=-(10**12), most=10**12) == number


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_a_number_in_range_or_a_refusal(text, full_width):
    try:
        amount = parse_points(text, least=1, most=100, full_width=full_width)
    except Invalid as error:
        amount, refused = None, error
    assert 1 <= amount <= 100 if amount is not None else refused.code.startswith("amount_")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount_missing"),
        (None, "amount_missing"),
        ("   ", "amount_missing"),
        ("1.5", "amount_not_whole"),
        ("2.0", "amount_not_whole"),
        (".5", "amount_not_whole"),
        ("-1.5", "amount_not_whole"),
        ("-3", "amount_negative"),
        ("-0", "amount_negative"),
        ("٣", "amount_not_a_number"),
        ("३", "amount_not_a_number"),
        ("³", "amount_not_a_number"),
        ("①", "amount_not_a_number"),
        ("1e9", "amount_not_a_number"),
        ("1,000", "amount_not_a_number"),
        ("1_0", "amount_not_a_number"),
        ("+5", "amount_not_a_number"),
        ("0x10", "amount_not_a_number"),
        ("三", "amount_not_a_number"),
        ("5分", "amount_not_a_number"),
        (".", "amount_not_a_number"),
        ("-", "amount_not_a_number"),
        ("5 5", "amount_not_a_number"),
        ("0", "amount_too_small"),
        ("101", "amount_too_large"),
        ("9" * 5000, "amount_too_large"),
    ],
)
def test_what_is_not_a_whole_amount_is_refused_with_its_reason(text, code):
    assert refusal(text) == code
    assert refusal(text, full_width=True) == code


def test_full_width_digits_count_in_files_and_not_in_forms():
    assert parse_points("１５", least=1, most=100, full_width=True) == 15
    assert parse_points("－３", least=-5, most=0, full_width=True) == -3
    assert parse_points("−３", least=-5, most=0, full_width=True) == -3
    assert refusal("１５") == "amount_not_a_number"


def test_a_fraction_in_full_width_is_still_a_fraction():
    assert refusal("１．５", full_width=True) == "amount_not_whole"


def test_negative_amounts_count_only_where_some_are_allowed():
    assert parse_points("-3", least=-5, most=0) == -3
    assert refusal("-6", least=-5, most=0) == "amount_too_small"
    assert refusal("-" + "9" * 40, least=-5, most=0) == "amount_too_small"


def test_a_refusal_says_what_was_written_but_not_at_any_length():
    with pytest.raises(Invalid) as caught:
        parse_points("x" * 10_000, least=1, most=5)
    assert caught.value.facts["value"] == "x" * 60


@given(st.integers(0, 1_000_000))
def test_yuan_with_two_decimals_are_exactly_their_fen(fen):
    assert parse_fen(f"{fen // 100}.{fen % 100:02d}") == fen


@pytest.mark.parametrize(
    ("text", "fen"), [("4", 400), ("0", 0), ("12.5", 1250), ("0.29", 29), ("7.500", 750)]
)
def test_yuan_become_fen_without_a_float(text, fen):
    assert parse_fen(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount_missing"),
        ("-1", "amount_negative"),
        ("1.005", "amount_too_fine"),
        ("1e3", "amount_not_a_number"),
        ("٣", "amount_not_a_number"),
        ("1.", "amount_not_a_number"),
        ("99999999", "amount_too_large"),
    ],
)
def test_money_that_cannot_be_meant_is_refused(text, code):
    with pytest.raises(Invalid) as caught:
        parse_fen(text)
    assert caught.value.code == code
