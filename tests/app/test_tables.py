"""Files as they arrive: every readable shape gives the same table, every other one a clear reason."""

import contextlib
import csv
import io
import warnings
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from app.files import workbooks
from app.files.limits import MOST_BYTES, MOST_ROWS
from app.files.tables import read_table
from points.errors import Invalid
from points.people.roster import KNOWN_HEADERS

DATA = Path(__file__).parents[1] / "data"
HEADER = ["户号", "网格", "姓名", "手机号"]
PEOPLE = [["001", "第一网格", "周金宝", "19900005001"], ["001", "第一网格", "胡银花", ""]]


def read(data, name="roster.csv", **options):
    return read_table(data, name, known=KNOWN_HEADERS, **options)


def refusal(data, name="roster.csv", **options):
    with pytest.raises(Invalid) as caught:
        read(data, name, **options)
    return caught.value


def text(rows=(HEADER, *PEOPLE), delimiter=","):
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def workbook(*sheets, change=None):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    return saved(book)


def saved(book):
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def with_part(data, name, content):
    """The same archive with one part replaced or added."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return held.getvalue()


def cells(table):
    return [list(row.cells) for row in table.rows]


def notes(table):
    return {note.code: dict(note.facts) for note in table.notes}


# Text


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，"])
def test_every_encoding_and_divider_gives_the_same_table(codec, encoding, delimiter):
    table = read(text(delimiter=delimiter).encode(codec))
    assert table.header == tuple(HEADER)
    assert cells(table) == PEOPLE
    assert table.encoding == encoding
    assert [row.line for row in table.rows] == [2, 3]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=8), min_size=4, max_size=4
        ),
        max_size=5,
    )
)
def test_what_a_spreadsheet_program_saves_as_csv_comes_back_cell_by_cell(rows):
    held = io.StringIO()
    csv.writer(held).writerows([HEADER, *rows])
    kept = [row for row in cells(read(held.getvalue().encode("utf-8-sig"))) if any(map(str.strip, row))]
    assert kept == [row for row in rows if any(map(str.strip, row))]


def test_a_line_break_inside_quotes_does_not_shift_the_row_numbers():
    data = '户号,姓名,网格\r\n001,周金宝,"第一\n网格"\r\n002,马振华,第二网格\r\n'.encode()
    assert [(row.line, row.cells[1]) for row in read(data).rows] == [(2, "周金宝"), (3, "马振华")]


def test_line_ends_of_old_machines_are_read():
    assert cells(read(text().replace("\r\n", "\r").encode())) == PEOPLE


def test_blank_rows_keep_their_number_and_those_at_the_end_are_gone():
    data = text((HEADER, ["", "", "", ""], *PEOPLE, [""], [""])).encode()
    assert [row.line for row in read(data).rows] == [2, 3, 4]


def test_a_title_above_the_header_is_kept_as_title():
    data = text((["清泉村第三网格花名册", ""], ["填表人：李", "单位：人"], HEADER, *PEOPLE)).encode("gb18030")
    table = read(data)
    assert table.title == ("清泉村第三网格花名册", "填表人:李", "单位:人")
    assert [row.line for row in table.rows] == [4, 5]


def test_a_header_in_two_rows_saved_as_text_is_put_together():
    upper, lower = ["户号", "家庭成员", "", "联系电话"], ["", "姓名", "关系", ""]
    table = read(text((["花名册"], upper, lower, ["1", "周金宝", "户主", "19900005001"])).encode())
    assert table.header == ("户号", "姓名", "关系", "联系电话")
    assert [row.line for row in table.rows] == [4]
    assert table.title == ("花名册",)


def test_a_header_repeated_on_each_page_is_left_out_and_noted():
    table = read(text((HEADER, PEOPLE[0], HEADER, PEOPLE[1])).encode())
    assert cells(table) == PEOPLE
    assert notes(table)["repeated_header_skipped"] == {"lines": [3]}


def test_a_text_that_no_encoding_fits_names_the_line():
    error = refusal(text().encode("gb18030") + b"002,\xff\xff,x\r\n")
    assert (error.code, error.facts["line"]) == ("text_unreadable", 4)


def test_utf_8_with_one_broken_place_is_not_taken_for_another_encoding():
    data = text().encode()
    error = refusal(data.replace("银".encode(), b"\xe9\x93"))
    assert (error.code, error.facts) == ("text_unreadable", {"line": 3, "encoding": "utf-8"})


def test_a_quote_that_never_closes_is_refused_with_its_row():
    error = refusal('户号,姓名,网格\r\n001,"周金宝,第一网格\r\n002,马振华,第二网格\r\n'.encode())
    assert (error.code, error.facts["line"]) == ("quotes_broken", 2)


def test_a_file_without_any_known_column_says_what_its_first_row_holds():
    error = refusal("水果,价钱\r\n苹果,3\r\n".encode())
    assert (error.code, error.facts) == ("header_not_found", {"found": ["水果", "价钱"]})


# What is no table


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "roster.xls", "xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "roster.et", "et"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "roster.xls", "document"),
        (b"%PDF-1.7\n...", "roster.pdf", "pdf"),
        (b"%PDF-1.7\n...", "roster.xlsx", "pdf"),
        (b"\x89PNG\r\n\x1a\n...", "roster.csv", "image"),
        (b"\xff\xd8\xff\xe0...", "roster.xlsx", "image"),
        (b"\0\0\0\x18ftypheic...", "roster.heic", "image"),
        (b"Rar!\x1a\x07\0", "roster.rar", "archive"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "roster.xls", "web_page"),
        (b"<?xml version='1.0'?><Workbook/>", "roster.xls", "web_page"),
        (b"\x01\x02\x03\x04", "roster.csv", "unknown"),
    ],
)
def test_a_file_of_another_kind_is_named_as_what_it_is(data, name, kind):
    error = refusal(data, name)
    assert (error.code, error.facts["kind"]) == ("file_kind_not_read", kind)


@pytest.mark.parametrize("part", ["word/document.xml", "ppt/presentation.xml", "readme.txt"])
def test_another_archive_is_not_taken_for_a_workbook(part):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(part, "x")
    assert refusal(held.getvalue(), "roster.xlsx").code == "file_kind_not_read"


@pytest.mark.parametrize("name", ["roster.xlsx", "roster.XLS", "roster.et"])
def test_a_text_renamed_to_a_workbook_is_told_so(name):
    error = refusal(text().encode(), name)
    assert (error.code, error.facts["extension"]) == ("file_renamed", name[name.index(".") :].lower())


def test_a_workbook_is_read_whatever_its_name_says():
    assert cells(read(workbook(("花名册", [HEADER, *PEOPLE])), "roster.csv")) == PEOPLE


def test_a_workbook_with_a_password_is_told_so():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert refusal(data, "roster.xlsx").code == "file_protected"


@pytest.mark.parametrize("data", [b"", b"  \r\n"])
def test_an_empty_file_is_told_so(data):
    assert refusal(data).code == "file_empty"


def test_a_file_above_the_limit_is_refused_before_it_is_looked_at():
    error = refusal(b"x" * (MOST_BYTES + 1))
    assert (error.code, error.facts["limit_bytes"]) == ("file_too_large", 5 * 1024 * 1024)


def test_more_rows_than_the_limit_are_refused_with_their_number():
    error = refusal(("户号,姓名\n" + "1,周\n" * (MOST_ROWS + 1)).encode())
    assert (error.code, error.facts) == ("too_many_rows", {"rows": 20_001, "limit": 20_000})


def test_more_columns_than_the_limit_are_refused():
    error = refusal((",".join(["户号", *["x"] * 200]) + "\n1\n").encode())
    assert (error.code, error.facts["columns"]) == ("too_many_columns", 201)


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a"]))
def test_no_bytes_whatever_end_in_anything_but_a_table_or_a_reason(data, name):
    with contextlib.suppress(Invalid):
        read(data, name)


# Workbooks


def test_a_cut_off_workbook_is_called_damaged():
    data = workbook(("花名册", [HEADER, *PEOPLE]))
    assert refusal(data[: len(data) // 2], "roster.xlsx").code == "file_damaged"


def test_a_workbook_with_a_broken_part_is_called_damaged():
    data = with_part(workbook(("花名册", [HEADER])), "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row")
    assert refusal(data, "roster.xlsx").code == "file_damaged"


def test_a_workbook_that_declares_entities_is_not_parsed():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
    data = with_part(workbook(("花名册", [HEADER])), "xl/worksheets/sheet1.xml", bomb)
    assert refusal(data, "roster.xlsx").code == "file_damaged"


def test_a_workbook_that_unpacks_to_more_than_the_limit_is_not_unpacked():
    data = with_part(workbook(("花名册", [HEADER])), "xl/worksheets/sheet2.xml", b" " * (41 * 1024 * 1024))
    assert len(data) < 100_000
    assert refusal(data, "roster.xlsx").code == "file_unpacks_too_large"


def test_a_workbook_with_more_cells_than_the_limit_is_not_parsed(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_CELLS", 5)
    assert refusal(workbook(("花名册", [HEADER, *PEOPLE])), "roster.xlsx").code == "too_many_cells"


def test_one_cell_at_the_far_end_of_a_sheet_costs_nothing():
    def far(book):
        book["花名册"]["XFD1048576"].font = Font(bold=True)

    assert len(read(workbook(("花名册", [HEADER, *PEOPLE]), change=far), "roster.xlsx").rows) == 2


def test_a_cell_with_text_at_the_far_end_is_too_many_rows_at_once():
    def far(book):
        book["花名册"]["A1048576"] = "x"

    assert refusal(workbook(("花名册", [HEADER, *PEOPLE]), change=far), "roster.xlsx").code == "too_many_rows"


def test_a_cell_with_text_far_to_the_right_is_too_many_columns_at_once():
    def far(book):
        book["花名册"]["XFD2"] = "x"

    assert (
        refusal(workbook(("花名册", [HEADER, *PEOPLE]), change=far), "roster.xlsx").code == "too_many_columns"
    )


def test_a_merge_over_a_whole_sheet_is_refused_before_anything_walks_over_it():
    data = workbook(("花名册", [HEADER, *PEOPLE]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    changed = with_part(data, "xl/worksheets/sheet1.xml", sheet.replace("</sheetData>", merged))
    assert refusal(changed, "roster.xlsx").code == "too_many_cells"


def test_an_empty_workbook_is_told_so():
    assert refusal(workbook(("花名册", [])), "roster.xlsx").code == "file_empty"


def test_the_merged_roster_has_its_two_header_rows_its_title_and_its_fill():
    table = read((DATA / "roster_merged_header.xlsx").read_bytes(), "roster_merged_header.xlsx")
    assert table.header == ("户号", "住址", "姓名", "关系", "性别", "出生年份", "联系电话", "是否党员")
    assert table.title == ("清泉村第三网格户籍花名册(2026年10月)", "填表人:网格员", "单位:人")
    assert [table.rows[0].line, table.rows[-1].line] == [5, 96]
    assert table.rows[1].cells[:3] == ("1", "1号楼1单元101", "高彩云")
    assert table.rows[1].filled == {0, 1}
    assert notes(table)["sheet_chosen"] == {"sheet": "花名册", "others": ["说明"]}
    assert notes(table)["hidden_columns_read"] == {"columns": ["出生年份"]}


def test_the_merged_rosters_formula_without_a_result_is_a_fault_of_its_cell():
    table = read((DATA / "roster_merged_header.xlsx").read_bytes(), "roster_merged_header.xlsx")
    assert [(row.line, fault.column, fault.code) for row in table.rows for fault in row.faults] == [
        (96, 2, "formula_without_value")
    ]


def test_a_cell_merged_across_columns_stays_in_its_first_column():
    def merge(book):
        book["花名册"].merge_cells("C2:D2")

    table = read(workbook(("花名册", [HEADER, *PEOPLE]), change=merge), "roster.xlsx")
    assert table.rows[0].cells == ("001", "第一网格", "周金宝", "")


def test_numbers_dates_and_truth_are_read_as_they_are_shown():
    def format_number(book):
        book["花名册"]["A2"].number_format = "000"

    header = ["户号", "姓名", "出生日期", "手机号", "是否党员"]
    row = [7, "周金宝", date(1974, 10, 9), 19900005001.0, True]
    table = read(workbook(("花名册", [header, row]), change=format_number), "roster.xlsx")
    assert table.rows[0].cells == ("007", "周金宝", "1974-10-09", "19900005001", "TRUE")


def test_a_formula_gives_its_stored_result_also_when_that_is_empty_text():
    data = workbook(("花名册", [HEADER, ["1", "第一网格", "周", "=A2"]]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>A2</f>" in sheet
    for stored, shown in (("<v>19900005001</v>", "19900005001"), ("", None)):
        new = sheet.replace("<f>A2</f><v />", f"<f>A2</f>{stored}").replace(
            "<f>A2</f><v></v>", f"<f>A2</f>{stored}"
        )
        row = read(with_part(data, "xl/worksheets/sheet1.xml", new), "roster.xlsx").rows[0]
        assert (row.cells[3] or None) == shown
        assert bool(row.faults) == (shown is None)
    empty = sheet.replace('<c r="D2"><f>A2</f><v />', '<c r="D2" t="str"><f>A2</f><v></v>')
    assert empty != sheet
    assert read(with_part(data, "xl/worksheets/sheet1.xml", empty), "roster.xlsx").rows[0].faults == ()


def test_an_error_value_is_a_fault_of_its_cell():
    table = read(workbook(("花名册", [HEADER, ["1", "第一网格", "#N/A", ""]])), "roster.xlsx")
    assert [(fault.column, fault.code, fault.facts["value"]) for fault in table.rows[0].faults] == [
        (2, "cell_error", "#N/A")
    ]


def test_the_sheet_with_the_known_columns_is_chosen_wherever_it_stands():
    data = workbook(("说明", [["红色为外出人员"]]), ("名册", [HEADER, *PEOPLE]))
    table = read(data, "roster.xlsx")
    assert table.sheet == "名册"
    assert notes(table)["sheet_chosen"] == {"sheet": "名册", "others": ["说明"]}


def test_a_second_sheet_with_people_is_noted_and_can_be_asked_for():
    data = workbook(("一组", [HEADER, PEOPLE[0]]), ("二组", [HEADER, PEOPLE[1]]))
    assert notes(read(data, "roster.xlsx"))["sheet_also_has_rows"] == {"sheet": "二组", "rows": 2}
    assert cells(read(data, "roster.xlsx", sheet="二组")) == [PEOPLE[1]]
    assert refusal(data, "roster.xlsx", sheet="三组").facts == {"sheet": "三组", "sheets": ["一组", "二组"]}


def test_hidden_rows_and_red_rows_are_read_and_noted():
    def mark(book):
        book["花名册"].row_dimensions[2].hidden = True
        book["花名册"]["C3"].font = Font(color="FFFF0000")

    table = read(workbook(("花名册", [HEADER, *PEOPLE]), change=mark), "roster.xlsx")
    assert len(table.rows) == 2
    assert notes(table)["hidden_rows_read"] == {"lines": [2]}
    assert notes(table)["red_rows"] == {"lines": [3]}


def test_a_hidden_sheet_is_read_only_if_no_visible_one_will_do():
    def hide(book):
        book["旧表"].sheet_state = "hidden"

    both = workbook(("旧表", [HEADER, PEOPLE[0]]), ("新表", [HEADER, PEOPLE[1]]), change=hide)
    assert read(both, "roster.xlsx").sheet == "新表"
    only = workbook(("旧表", [HEADER, PEOPLE[0]]), ("说明", [["见旧表"]]), change=hide)
    assert notes(read(only, "roster.xlsx"))["sheet_is_hidden"] == {"sheet": "旧表"}


def test_reading_leaves_the_warning_filters_as_they_were():
    before = list(warnings.filters)
    read(workbook(("花名册", [HEADER, *PEOPLE])), "roster.xlsx")
    assert list(warnings.filters) == before
