"""Household rosters as villages hand them over: everybody readable is read, every other row is named."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files.tables import read_table
from points.errors import Invalid
from points.people.roster import COLUMN_NAMES, KNOWN_HEADERS, read_roster
from points.people.roster_fields import birth_year_reader, party_member_of, phone_of
from points.sheets import Fault, SheetRow, header_key

TODAY = date(2026, 11, 1)
DATA = Path(__file__).parents[1] / "data"
DEMO = Path(__file__).parents[2] / "app" / "demo" / "data"

HEADER = ("户号", "网格", "住址", "姓名", "与户主关系", "性别", "出生年份", "手机号", "是否党员", "工作单位")


def read_file(path, **options):
    table = read_table(path.read_bytes(), path.name, known=KNOWN_HEADERS)
    return read_roster(table.header, table.rows, today=TODAY, title=table.title, **options)


def person(**changes):
    """One good row by field; a test changes what it is about."""
    usual = {
        "household_number": "001", "grid": "第一网格", "address": "1号楼101", "name": "周金宝", "relation": "户主",
        "gender": "男", "birth_year": "1974", "phone": "19900005001", "is_party_member": "", "employer": "",
    }  # fmt: skip
    return {**usual, **changes}


def child(**changes):
    return person(**{"name": "周若曦", "relation": "子女", "birth_year": "2002", "phone": "", **changes})


def read(*people, header=HEADER, **options):
    rows = [SheetRow(line, tuple(one.values())) for line, one in enumerate(people, start=2)]
    return read_roster(header, rows, today=TODAY, **options)


def codes(reading):
    return [(error.line, error.field, error.code) for error in reading.errors]


def warning_codes(reading):
    return [(warning.line, warning.code) for warning in reading.warnings]


def note_codes(reading):
    return [note.code for note in reading.notes]


# The three rosters


def test_the_demo_roster_has_120_households_and_353_people_in_six_grids():
    reading = read_file(DEMO / "roster.csv")
    assert (reading.household_count, len(reading.rows), reading.errors) == (120, 353, [])
    assert len({row.grid for row in reading.rows}) == 6
    assert sum(row.is_party_member for row in reading.rows) == 67
    assert sum(row.phone is None for row in reading.rows) == 56
    assert sum(row.employer is not None for row in reading.rows) == 18
    assert Counter(row.gender for row in reading.rows) == {"male": 188, "female": 165}


def test_two_brothers_of_one_name_in_the_demo_roster_are_two_people_and_a_warning():
    reading = read_file(DEMO / "roster.csv")
    assert warning_codes(reading) == [(315, "same_name_in_household")]
    assert reading.warnings[0].facts == {"household": "106", "name": "张承恩", "first_line": 314}


def test_the_gb18030_roster_names_its_one_bad_row_and_reads_the_other_108():
    reading = read_file(DATA / "roster_gb18030.csv")
    assert (reading.household_count, len(reading.rows)) == (40, 108)
    assert codes(reading) == [(31, "phone", "phone_twice")]
    assert reading.errors[0].facts["first_line"] == 5
    assert reading.errors[0].facts["first_name"] == "刘俊杰"
    assert reading.refused_lines == [31]


def test_the_gb18030_rosters_blank_and_sum_lines_are_noted_not_refused():
    reading = read_file(DATA / "roster_gb18030.csv")
    skipped = {note.code: note.facts["lines"] for note in reading.notes if "lines" in note.facts}
    assert skipped == {"blank_rows_skipped": [111], "sum_rows_skipped": [112]}


def test_the_gb18030_rosters_mixed_dates_widths_and_marks_are_understood():
    by_line = {row.line: row for row in read_file(DATA / "roster_gb18030.csv").rows}
    assert [by_line[line].birth_year for line in (2, 4, 6)] == [1974, 2002, 1980]
    assert by_line[18].phone == "19900003017"  # full-width digits
    assert by_line[24].phone == "19900003023"  # a dash and a space
    assert by_line[45].phone is None  # 无
    assert by_line[14].name == "高大勇"  # a space before the name
    assert by_line[16].is_party_member  # √
    assert all(row.birth_year is not None for row in by_line.values())
    assert sum(row.is_party_member for row in by_line.values()) == 23


def test_the_merged_roster_gives_all_90_people_of_36_households_in_the_grid_of_its_title():
    reading = read_file(DATA / "roster_merged_header.xlsx")
    assert (reading.household_count, len(reading.rows), reading.errors, reading.warnings) == (36, 90, [], [])
    assert {row.grid for row in reading.rows} == {"第三网格"}
    assert {row.household_number for row in reading.rows} == {str(number) for number in range(1, 37)}
    assert all(row.address and row.birth_year for row in reading.rows)
    assert sum(row.phone is not None for row in reading.rows) == 71


def test_the_member_whose_number_nobody_merged_belongs_to_the_head_above_and_that_is_said():
    reading = read_file(DATA / "roster_merged_header.xlsx")
    last = reading.rows[-1]
    assert (last.line, last.name, last.household_number, last.address) == (
        94,
        "李美玲",
        "36",
        "2号楼2单元302",
    )
    facts = {note.code: dict(note.facts) for note in reading.notes}
    assert facts["household_filled_down"] == {"lines": [94]}
    assert facts["grid_from_title"] == {"grid": "第三网格"}


def test_the_grid_its_owner_chose_goes_before_the_grid_of_the_title():
    reading = read_file(DATA / "roster_merged_header.xlsx", default_grid="第五网格")
    assert {row.grid for row in reading.rows} == {"第五网格"}
    assert "grid_from_title" not in note_codes(reading)


# Small files with one difficulty each


def test_a_roster_without_its_columns_is_refused_once_naming_what_is_missing_and_what_is_there():
    with pytest.raises(Invalid) as caught:
        read_file(DATA / "roster_missing_columns.csv")
    assert caught.value.code == "columns_missing"
    assert caught.value.facts == {
        "missing": ["household_number", "grid"],
        "found": ["序号", "姓名", "性别", "住址"],
    }


def test_a_utf_16_roster_with_tabs_reads():
    reading = read_file(DATA / "roster_utf16.csv")
    assert [(row.household_number, row.name) for row in reading.rows] == [
        ("001", "周金宝"), ("001", "周若曦"), ("002", "马振华"),
    ]  # fmt: skip


def test_a_roster_with_bom_semicolons_and_full_width_signs_reads():
    head, wife = read_file(DATA / "roster_bom_semicolon.csv").rows
    assert (head.phone, head.is_party_member) == ("19900005001", True)
    assert (wife.name, wife.phone, wife.is_party_member) == ("胡银花", "19900005002", False)


def test_every_row_of_a_bad_roster_is_named_with_all_its_reasons():
    reading = read_file(DATA / "roster_wrong_dates.csv")
    assert sorted(codes(reading)) == [
        (3, "birth_year", "birth_not_understood"),
        (4, "birth_year", "birth_not_understood"),
        (5, "birth_year", "birth_year_out_of_range"),
        (6, "birth_year", "birth_year_out_of_range"),
        (6, "is_party_member", "party_member_not_understood"),
        (6, "phone", "phone_not_valid"),
        (7, "gender", "gender_not_understood"),
        (8, "name", "name_missing"),
        (9, "household_number", "household_number_missing"),
        (9, "phone", "phone_not_valid"),
        (11, "phone", "phone_twice"),
        (11, "relation", "second_head"),
        (12, "grid", "grid_differs"),
        (13, "name", "person_twice"),
    ]
    assert [row.line for row in reading.rows] == [2, 10, 14]
    assert warning_codes(reading) == [(5, "head_refused"), (7, "head_refused"), (14, "no_head")]


# What a column may be called


@pytest.mark.parametrize(
    ("field", "name"), [(f, name) for f, names in COLUMN_NAMES.items() for name in names]
)
def test_every_known_name_of_a_column_is_recognised(field, name):
    header = [name if other == field else names[0] for other, names in COLUMN_NAMES.items()]
    reading = read(person(is_party_member="是", employer="供电公司"), header=header)
    assert reading.rows == read(person(is_party_member="是", employer="供电公司")).rows
    assert reading.notes == []


@pytest.mark.parametrize(
    "name", ["手机号（必填）", "手机号*", " 手 机 号 ：", "Phone Number", "phone_number"]
)
def test_hints_stars_spaces_and_case_do_not_hide_a_column(name):
    assert header_key(name) in KNOWN_HEADERS


def test_a_column_nobody_reads_is_noted_so_that_nobody_believes_it_was_kept():
    reading = read(person() | {"id": "370100190001010000"}, header=(*HEADER, "身份证号"))
    assert [note.facts for note in reading.notes if note.code == "columns_not_read"] == [
        {"columns": ["身份证号"]}
    ]


def test_of_two_columns_for_one_field_the_better_known_name_wins_and_the_other_is_noted():
    reading = read(person() | {"number": "X9"}, header=(*HEADER, "编号"))
    assert reading.rows[0].household_number == "001"
    assert reading.notes[0].code == "column_twice"
    assert reading.notes[0].facts == {"field": "household_number", "used": "户号", "unused": ["编号"]}


def test_a_roster_with_nothing_below_its_header_is_refused():
    with pytest.raises(Invalid) as caught:
        read_roster(HEADER, [], today=TODAY)
    assert caught.value.code == "no_rows"


# Households


def test_household_numbers_keep_their_zeros_and_lose_width_and_spaces():
    reading = read(person(household_number=" ０ ０7ａ "))
    assert reading.rows[0].household_number == "007A"


def test_two_numbers_that_differ_in_zeros_only_are_two_households_and_a_warning():
    reading = read(person(), person(household_number="1", name="马振华", phone=""))
    assert reading.household_count == 2
    assert warning_codes(reading) == [(3, "household_numbers_alike")]


def test_a_second_head_is_refused_and_names_the_first():
    reading = read(person(), person(name="马振华", phone=""))
    assert codes(reading) == [(3, "relation", "second_head")]
    assert reading.errors[0].facts["first_line"] == 2


def test_a_household_without_a_head_is_a_warning_not_an_error():
    reading = read(child())
    assert reading.errors == []
    assert warning_codes(reading) == [(2, "no_head")]


def test_the_same_person_twice_in_a_household_is_refused_and_names_the_first():
    reading = read(person(), child(), child(birth_year=""))
    assert codes(reading) == [(4, "name", "person_twice")]
    assert reading.errors[0].facts["first_line"] == 3


def test_two_of_one_name_born_in_different_years_are_two_people():
    reading = read(person(), child(name="周金宝"))
    assert (len(reading.rows), warning_codes(reading)) == (2, [(3, "same_name_in_household")])


def test_an_empty_grid_or_address_is_that_of_the_household():
    reading = read(person(), child(grid="", address=""))
    assert (reading.rows[1].grid, reading.rows[1].address) == ("第一网格", "1号楼101")


def test_a_household_without_any_grid_is_refused_row_by_row_unless_its_owner_chose_one():
    assert codes(read(person(grid=""), child(grid=""))) == [
        (2, "grid", "grid_missing"),
        (3, "grid", "grid_missing"),
    ]
    assert read(person(grid=""), child(grid=""), default_grid="第六网格").rows[1].grid == "第六网格"


def test_numbers_written_once_for_each_household_are_filled_down_and_noted():
    reading = read(
        person(), child(household_number=""), person(household_number="002", name="马振华", phone="")
    )
    assert [row.household_number for row in reading.rows] == ["001", "001", "002"]
    assert "household_filled_down" in note_codes(reading)


def test_one_empty_number_among_written_ones_is_an_error():
    reading = read(person(), child(), child(name="周可馨", household_number=""))
    assert codes(reading) == [(4, "household_number", "household_number_missing")]


def test_a_phone_in_a_cell_merged_over_a_family_is_the_first_persons():
    rows = [
        SheetRow(2, tuple(person().values())),
        SheetRow(3, tuple(child(phone="19900005001").values()), filled=frozenset({7})),
    ]
    reading = read_roster(HEADER, rows, today=TODAY)
    assert [row.phone for row in reading.rows] == ["19900005001", None]


def test_a_cell_without_a_value_is_an_error_only_in_a_column_that_is_read():
    fault = (Fault(3, "formula_without_value", {"value": "=A1"}), Fault(10, "cell_error", {"value": "#N/A"}))
    reading = read_roster(HEADER, [SheetRow(2, tuple(person(name="").values()), fault)], today=TODAY)
    assert codes(reading) == [(2, "name", "formula_without_value")]
    assert reading.errors[0].facts["value"] == "=A1"


def test_footers_and_sums_are_skipped_wherever_they_stand():
    reading = read(
        person(),
        person(household_number="注：红色为外出人员", name=""),
        person(household_number="合 计", name="1"),
    )
    assert len(reading.rows) == 1
    assert {"footer_rows_skipped", "sum_rows_skipped"} <= set(note_codes(reading))


# Single cells


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1974/10/9", 1974), ("1980年12月", 1980), ("2002", 2002), ("1974-10-09", 1974), ("1974.10.9", 1974),
        ("1974年10月9日", 1974), ("1974年10月9号", 1974), ("1974年", 1974), ("1974年10月9日出生", 1974), ("19741009", 1974),
        ("197410", 1974), ("1974.10", 1974), ("9/10/1974", 1974), ("27/10/1974", 1974), ("36526", 2000),
        ("27311.0", 1974), ("1974-10-09 00:00:00", 1974), ("1974-10-09T08:30:00", 1974), ("1974年2月30日", 1974),
        ("2026", 2026), ("1906", 1906),
    ],
)  # fmt: skip
def test_a_year_of_birth_is_read_in_every_shape_people_write(text, year):
    assert birth_year_reader(TODAY)(text) == year


@pytest.mark.parametrize(
    "text",
    [
        "七四年",
        "74/10/9",
        "1974/13/1",
        "1974-10-32",
        "生日不详",
        "1974-1975",
        "197",
        "197413",
        "١٩٧٤",
        "1974x",
    ],
)
def test_a_date_that_cannot_be_meant_is_refused(text):
    with pytest.raises(Invalid) as caught:
        birth_year_reader(TODAY)(text)
    assert caught.value.code == "birth_not_understood"


@pytest.mark.parametrize("text", ["1905", "2027", "2126-01-01", "0000", "1905-05-10"])
def test_a_year_nobody_alive_was_born_in_is_refused_with_the_range(text):
    with pytest.raises(Invalid) as caught:
        birth_year_reader(TODAY)(text)
    assert caught.value.code == "birth_year_out_of_range"
    assert (caught.value.facts["least"], caught.value.facts["most"]) == (1906, 2026)


@given(st.dates(date(1907, 1, 1), TODAY))
def test_every_way_to_write_a_day_gives_its_year(day):
    read_year = birth_year_reader(TODAY)
    serial = (day - date(1899, 12, 30)).days
    shapes = [
        day.isoformat(), f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year}", f"{day.month}/{day.day}/{day.year}",
    ]  # fmt: skip
    assert {read_year(shape) for shape in shapes} == {day.year}
    if serial >= 10_000:
        assert read_year(str(serial)) == day.year


@pytest.mark.parametrize(
    "text",
    [
        "19900003017", "199-0000 3017", "+86 199 0000 3017", "8619900003017", "0086-19900003017", "(199)00003017",
        "199—0000—3017", "19900003017.0",
    ],
)  # fmt: skip
def test_a_phone_is_read_through_its_dressing(text):
    assert phone_of(text) == "19900003017"


@pytest.mark.parametrize(
    "text", ["1990000301", "199000030178", "0531-88886666", "29900003017", "1.99E+10", "abc", "١٩٩٠٠٠٠٣٠١٧"]
)
def test_what_is_not_a_mobile_number_is_refused(text):
    with pytest.raises(Invalid) as caught:
        phone_of(text)
    assert caught.value.code == "phone_not_valid"


def test_two_phones_in_one_cell_are_refused_as_two():
    with pytest.raises(Invalid) as caught:
        phone_of("19900003017/19900003018")
    assert caught.value.code == "phone_more_than_one"


@pytest.mark.parametrize("text", ["无", "没有", "-", "/", "——", "N/A", "　"])
def test_words_for_nothing_are_nothing(text):
    assert read(person(phone=text)).rows[0].phone is None


@pytest.mark.parametrize(
    ("text", "is_member"),
    [
        ("是", True), ("√", True), ("Y", True), ("Ｙ", True), ("党员", True), ("中共预备党员", True), ("TRUE", True),
        ("否", False), ("", False), ("×", False), ("群众", False), ("FALSE", False),
    ],
)  # fmt: skip
def test_membership_is_read_from_words_and_marks(text, is_member):
    assert read(person(is_party_member=text)).rows[0].is_party_member is is_member


def test_any_other_word_for_membership_is_refused():
    with pytest.raises(Invalid) as caught:
        party_member_of("也许")
    assert caught.value.code == "party_member_not_understood"


def test_a_name_padded_to_look_aligned_is_the_name():
    assert read(person(name="　周　宝 ")).rows[0].name == "周宝"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "name_missing"),
        ("周金宝2", "name_not_valid"),
        ("……", "name_not_valid"),
        ("周\ufffd宝", "text_garbled"),
    ],
)
def test_what_is_no_name_is_refused(name, code):
    assert codes(read(person(name=name))) == [(2, "name", code)]


def test_text_too_long_for_its_column_is_refused_with_the_limit():
    reading = read(person(address="长" * 121))
    assert codes(reading) == [(2, "address", "text_too_long")]
    assert reading.errors[0].facts["limit"] == 120


@given(st.lists(st.lists(st.text(max_size=12), min_size=10, max_size=10), min_size=1, max_size=6))
def test_whatever_the_cells_say_each_row_is_read_named_or_noted(rows):
    sheet = [SheetRow(line, tuple(cells)) for line, cells in enumerate(rows, start=2)]
    sheet.append(SheetRow(99, tuple(person().values())))
    reading = read_roster(HEADER, sheet, today=TODAY)
    noted = {line for note in reading.notes if note.code.endswith("_skipped") for line in note.facts["lines"]}
    seen = [row.line for row in reading.rows] + reading.refused_lines + sorted(noted)
    assert sorted(seen) == [row.line for row in sheet]
