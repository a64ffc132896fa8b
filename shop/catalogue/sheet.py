"""Reads a catalogue sheet: goods and services for points, each row an item or named refusals.

Pure. Prices are whole points; the reference price is whole fen (a sheet writes yuan) and never a float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from points.amounts import parse_fen, parse_points
from points.errors import Invalid
from points.sheets import (
    CodedReading,
    RowReader,
    SheetRow,
    known_headers,
    limited_text,
    match_columns,
    one_of,
    read_coded,
)
from shop.catalogue.limits import Limit
from shop.catalogue.models import VOUCHER_KINDS

COLUMN_NAMES: Mapping[str, Sequence[str]] = {
    "code": ("code", "编号", "代码", "货号"),
    "kind": ("kind", "种类", "类别"),
    "name_zh": ("name_zh", "名称", "品名", "物品", "物品名称", "商品名称"),
    "name_en": ("name_en",),
    "points": ("points", "积分", "分值", "兑换积分", "所需积分"),
    "reference_yuan": ("reference_yuan", "参考价", "参考价格", "市场价"),
    "unit_zh": ("unit_zh", "单位"),
    "unit_en": ("unit_en", "unit"),
    "limit_count": ("limit_count", "限量", "限兑"),
    "limit_period": ("limit_period", "限量周期", "周期"),
    "person_limit_count": ("person_limit_count", "每人限量", "每人限兑"),
    "person_limit_period": ("person_limit_period", "每人限量周期"),
    "partner": ("partner", "合作商户", "服务商户"),
    "voucher_days": ("voucher_days", "券几天内有效", "有效天数"),
    "barcode": ("barcode", "条码", "条形码"),
    "icon": ("icon", "图标"),
    "detail_zh": ("detail_zh", "说明", "备注", "规格"),
    "detail_en": ("detail_en",),
}
KNOWN_HEADERS = known_headers(COLUMN_NAMES)

MOST_POINTS = 100_000
MOST_LIMIT = 10_000
MOST_VOUCHER_DAYS = 3660
# 10,000 yuan: no village shop has dearer goods on a shelf.
MOST_REFERENCE_FEN = 1_000_000

_KINDS = {
    "goods": "goods", "物品": "goods", "实物": "goods",
    "service": "service", "服务": "service",
    "policy": "policy", "政策": "policy",
    "time credit": "time credit", "时间币": "time credit", "时间银行": "time credit",
    "ticket": "ticket", "票": "ticket", "门票": "ticket", "座位": "ticket",
    "loan": "loan", "借用": "loan", "出借": "loan",
    "honour": "honour", "荣誉": "honour",
    "transfer": "transfer", "转赠": "transfer",
}  # fmt: skip
_PERIODS = {
    "day": "day", "日": "day", "天": "day", "每日": "day", "每天": "day",
    "week": "week", "month": "month", "quarter": "quarter", "year": "year",
    "周": "week", "每周": "week", "月": "month", "每月": "month",
    "季": "quarter", "季度": "quarter", "每季度": "quarter", "年": "year", "每年": "year",
}  # fmt: skip
_CODE = re.compile(r"[A-Z]{1,6}-?[0-9]{1,6}")
_BARCODE = re.compile(r"[0-9A-Za-z-]{4,32}", re.ASCII)
_ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One item of a catalogue as a sheet states it.

    ``points``: the price of one unit; None only for a transfer, where the giver chooses the amount.
    ``reference_fen``: what a unit costs in a shop, in fen; None if unknown.
    ``limit_count``: how many units (for a transfer: points) a household may take within ``limit_period``;
    ``person_limit_count``: how many one person may. ``partner``: the name of who serves its vouchers; ``voucher_days``: how
    long one lasts, or a thing is lent. What the sheet does not say of these and the barcode stays as it is.
    """

    line: int
    code: str
    kind: str
    name_zh: str
    name_en: str
    points: int | None
    reference_fen: int | None
    unit_zh: str
    unit_en: str
    limit_count: int | None
    limit_period: str | None
    icon: str
    detail_zh: str
    detail_en: str
    person_limit_count: int | None = None
    person_limit_period: str | None = None
    partner: str | None = None
    voucher_days: int | None = None
    barcode: str | None = None

    @property
    def limits(self) -> frozenset[Limit]:
        """Both limits as the catalogue keeps them."""
        told = (
            ("household", self.limit_period, self.limit_count),
            ("person", self.person_limit_period, self.person_limit_count),
        )
        return frozenset(Limit(whose, period, pieces) for whose, period, pieces in told if period and pieces)


def read_catalogue(header: Sequence[str], rows: Sequence[SheetRow]) -> CodedReading[CatalogueItem]:
    """Read the rows of a catalogue sheet; a row with any error is left out of ``items``.

    Raises Invalid ``columns_missing`` (``missing``, ``found``) without code, kind, name or points, and
    ``no_rows``.
    """
    columns = match_columns(header, COLUMN_NAMES)
    columns.require("code", "kind", "name_zh", "points")
    return read_coded(rows, columns, _read_item)


def _read_item(reader: RowReader) -> CatalogueItem:
    kind = reader.take("kind", one_of(_KINDS)) or ""
    limit_count, limit_period = _read_limit(reader, "limit_count", "limit_period")
    person_count, person_period = _read_limit(reader, "person_limit_count", "person_limit_period")
    return CatalogueItem(
        line=reader.row.line,
        code=reader.take("code", code_of) or "",
        kind=kind,
        name_zh=reader.take("name_zh", limited_text(40, required=True)) or "",
        name_en=reader.take("name_en", limited_text(60)) or "",
        points=_read_points(reader, kind),
        reference_fen=_read_reference(reader),
        unit_zh=reader.take("unit_zh", limited_text(12)) or "",
        unit_en=reader.take("unit_en", limited_text(20)) or "",
        limit_count=limit_count,
        limit_period=limit_period,
        icon=reader.take("icon", _icon_of) or "",
        detail_zh=reader.take("detail_zh", limited_text(200)) or "",
        detail_en=reader.take("detail_en", limited_text(200)) or "",
        person_limit_count=person_count,
        person_limit_period=person_period,
        partner=_read_partner(reader, kind),
        voucher_days=_read_days(reader, kind),
        barcode=reader.take("barcode", barcode_of) if reader.text("barcode") else None,
    )


def _read_partner(reader: RowReader, kind: str) -> str | None:
    return (
        reader.take("partner", limited_text(40))
        if _has_its_kind(reader, "partner", kind, VOUCHER_KINDS)
        else None
    )


def _read_days(reader: RowReader, kind: str) -> int | None:
    if not _has_its_kind(reader, "voucher_days", kind, (*VOUCHER_KINDS, "loan")):
        return None
    return reader.take(
        "voucher_days",
        lambda text: parse_points(text, least=1, most=MOST_VOUCHER_DAYS, full_width=True),
        raw=True,
    )


def _has_its_kind(reader: RowReader, name: str, kind: str, kinds: Sequence[str]) -> bool:
    """Whether something stands in the field; refused for items of another kind, where nobody would read it."""
    if reader.text(name) and kind and kind not in kinds:
        reader.refuse(name, "not_for_this_kind")
        return False
    return bool(reader.text(name))


def _read_points(reader: RowReader, kind: str) -> int | None:
    """Only an honour may be free, and only a transfer may be without a price."""
    if kind == "transfer" and not reader.text("points"):
        return None
    least = 0 if kind == "honour" else 1
    return reader.take(
        "points", lambda text: parse_points(text, least=least, most=MOST_POINTS, full_width=True), raw=True
    )


def _read_limit(reader: RowReader, count_field: str, period_field: str) -> tuple[int | None, str | None]:
    """A number and a period, or neither: half a limit would be enforced as none."""
    has_count, has_period = bool(reader.text(count_field)), bool(reader.text(period_field))
    if has_count != has_period:
        missing = period_field if has_count else count_field
        reader.refuse(missing, "limit_incomplete", missing=[missing])
    if not (has_count and has_period):
        return None, None
    count = reader.take(
        count_field, lambda text: parse_points(text, least=1, most=MOST_LIMIT, full_width=True), raw=True
    )
    return count, reader.take(period_field, one_of(_PERIODS))


def _read_reference(reader: RowReader) -> int | None:
    return reader.take("reference_yuan", _fen_of, raw=True) if reader.text("reference_yuan") else None


def _fen_of(text: str) -> int:
    return parse_fen(text.strip().removesuffix("元"), most=MOST_REFERENCE_FEN, full_width=True)


def code_of(text: str) -> str:
    """An item's code, in capitals. Invalid ``code_missing``, ``code_not_valid``."""
    if not text:
        raise Invalid("code_missing")
    code = text.upper()
    if not _CODE.fullmatch(code):
        raise Invalid("code_not_valid")
    return code


def barcode_of(text: str) -> str:
    """What the maker printed on the goods. Invalid ``barcode_not_valid``."""
    if not _BARCODE.fullmatch(text):
        raise Invalid("barcode_not_valid")
    return text


def _icon_of(text: str) -> str | None:
    if text and not _ICON.fullmatch(text):
        raise Invalid("icon_not_valid")
    return text or None
