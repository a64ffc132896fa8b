"""Fields that say what is wrong in the reader's language and never round, guess or cut."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from app.sentences import say
from points.amounts import parse_points
from points.errors import Invalid

REQUIRED = {"required": lazy_gettext("请填写。"), "null": lazy_gettext("请填写。")}
WRONG_SHAPE = lazy_gettext("格式不对。")
# Python reads more shapes of days, times and ids than the contract names (20260131, 2026-W05, {…}): they are refused.
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_YEARS = range(2000, 2200)  # beyond them a change of zone can leave the calendar
# A form can only send text; a program that means a number or a yes sends one.
_is_typed: ContextVar[bool] = ContextVar("is_typed", default=False)


class Command(Schema):
    """Base of all command schemas."""

    error_messages = {"unknown": lazy_gettext("不认识这个字段。"), "type": WRONG_SHAPE}


class Whole(fields.Field):
    """A whole number of points or pieces: 12, "12"; never 1.5, -3, 1e9, True or other scripts' digits."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **options: Any) -> None:
        metadata = {"type": "integer", "minimum": least, "maximum": most} | options.pop("metadata", {})
        super().__init__(metadata=metadata, error_messages=REQUIRED, **options)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, *_where: Any, **_kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int if _is_typed.get() else int | str):
            raise ValidationError(_("请填写整数，不带小数点。"))
        try:
            return parse_points(str(value), least=self.least, most=self.most)
        except Invalid as error:
            raise ValidationError(say(error)) from error


class Text(fields.String):
    """Text of at most ``longest`` characters, trimmed; no control characters, no halves of characters."""

    def __init__(self, *, longest: int = 500, shortest: int = 0, **options: Any) -> None:
        self.length = validate.Length(
            min=shortest or None, max=longest, error=_length_sentence(shortest, longest)
        )
        super().__init__(
            validate=[self.length], error_messages=REQUIRED | {"invalid": WRONG_SHAPE}, **options
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).replace("\r\n", "\n")
        self.length(text)  # before trimming too: a mile of blanks is not a short note
        if any(_is_invisible(letter) for letter in text):
            raise ValidationError(_("里面有看不见的字符，请重新填写。"))
        return text.strip()


def _is_invisible(letter: str) -> bool:
    """Control characters, and halves of a pair that no database takes."""
    return (letter < " " and letter not in "\n\r\t") or letter == "\x7f" or "\ud800" <= letter <= "\udfff"


def _length_sentence(shortest: int, longest: int) -> object:
    if shortest:
        return lazy_gettext("请填写 %(shortest)s 到 %(longest)s 个字。", shortest=shortest, longest=longest)
    return lazy_gettext("最多 %(longest)s 个字。", longest=longest)


class Secret(fields.String):
    """A password or PIN as typed, blanks and all; never sent back."""

    def __init__(self, **options: Any) -> None:
        checks = [validate.Length(max=200, error=_length_sentence(0, 200))]
        super().__init__(
            validate=checks, load_only=True, error_messages=REQUIRED | {"invalid": WRONG_SHAPE}, **options
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self.make_error("invalid", input=value)
        return text


class Key(fields.UUID):
    """An id, as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=REQUIRED | {"invalid_uuid": lazy_gettext("编号不对。")}, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> uuid.UUID:
        if not isinstance(value, uuid.UUID) and not (isinstance(value, str) and _UUID.fullmatch(value)):
            raise ValidationError(_("编号不对。"))
        return super()._deserialize(value, attr, data, **kwargs)


class Day(fields.Date):
    """A calendar day, YYYY-MM-DD."""

    def __init__(self, **options: Any) -> None:
        wrong = lazy_gettext("请按 2026-01-31 的样子填写日期。")
        super().__init__(
            format="iso", error_messages=REQUIRED | {"invalid": wrong, "format": wrong}, **options
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValidationError(_("请按 2026-01-31 的样子填写日期。"))
        return super()._deserialize(value, attr, data, **kwargs)


class Moment(fields.AwareDateTime):
    """An instant with its zone, RFC 3339; read as UTC, written in UTC to the second."""

    def __init__(self, **options: Any) -> None:
        wrong = lazy_gettext("请按 2026-01-31T08:30:00+08:00 的样子填写时间，要带时区。")
        super().__init__(
            format="iso",
            error_messages=REQUIRED | {"invalid": wrong, "format": wrong, "invalid_awareness": wrong},
            **options,
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value) or int(value[:4]) not in _YEARS:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value.upper(), attr, data, **kwargs).astimezone(UTC)

    def _serialize(self, value: datetime | None, *_where: Any, **_kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class YesNo(fields.Boolean):
    """Yes or no."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=REQUIRED | {"invalid": lazy_gettext("请选一项。")}, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if _is_typed.get() and not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Several(fields.List):
    """A list of at most ``most`` things."""

    def __init__(self, of: fields.Field, *, most: int, least: int = 0, **options: Any) -> None:
        super().__init__(
            of,
            validate=validate.Length(
                min=least or None, max=most, error=lazy_gettext("最多 %(most)s 项。", most=most)
            ),
            error_messages=REQUIRED | {"invalid": WRONG_SHAPE},
            **options,
        )


class Part(fields.Nested):
    """An object inside another."""

    def __init__(self, schema: type[Schema], **options: Any) -> None:
        super().__init__(schema, error_messages=REQUIRED | {"type": WRONG_SHAPE}, **options)


class OneOf(fields.String):
    """One of a few words."""

    def __init__(self, *words: str, **options: Any) -> None:
        check = validate.OneOf(words, error=lazy_gettext("请选一项。"))
        super().__init__(
            validate=check, error_messages=REQUIRED | {"invalid": lazy_gettext("请选一项。")}, **options
        )


@cache
def made(schema: type[Schema]) -> Schema:
    """One instance of each schema: making one copies all its fields, and nothing in it changes afterwards."""
    return schema()


def load(schema: type[Schema], data: Mapping[str, Any], *, strict: bool = True) -> dict[str, Any]:
    """Validated values. Raises Invalid ``form_invalid`` with ``errors`` {field: [sentence]}.

    Forms are read leniently about extra fields (csrf token, buttons), programs strictly.
    """
    if not isinstance(data, Mapping):
        raise Invalid("form_invalid", errors={"_schema": [str(WRONG_SHAPE)]})
    try:
        return made(schema).load(data, unknown=RAISE if strict else EXCLUDE)
    except ValidationError as error:
        raise Invalid("form_invalid", errors=_sentences(error.messages)) from error


def load_typed(schema: type[Schema], data: Mapping[str, Any]) -> dict[str, Any]:
    """The same for JSON, where "12" is not a number and "yes" is not true."""
    token = _is_typed.set(True)
    try:
        return load(schema, data)
    finally:
        _is_typed.reset(token)


def _sentences(messages: Any, path: str = "") -> dict[str, list[str]]:
    """{field: [sentence]}; a field inside another by its path, ``lines.0.quantity``."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, value in messages.items():
            name = path if key == "_schema" and path else f"{path}.{key}" if path else str(key)
            found |= _sentences(value, name)
        return found
    return {path: [str(message) for message in messages] if isinstance(messages, list) else [str(messages)]}
