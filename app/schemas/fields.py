"""Fields that say what is wrong in the reader's language and never round, guess or cut."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from app.sentences import say
from points.amounts import parse_points
from points.errors import Invalid

REQUIRED = {"required": lazy_gettext("请填写。"), "null": lazy_gettext("请填写。")}


class Command(Schema):
    """Base of all command schemas."""

    error_messages = {"unknown": lazy_gettext("不认识这个字段。"), "type": lazy_gettext("格式不对。")}


class Whole(fields.Field):
    """A whole number of points or pieces: 12, "12"; never 1.5, -3, 1e9, True or other scripts' digits."""

    def __init__(self, *, least: int = 0, most: int = 1_000_000, **options: Any) -> None:
        metadata = {"type": "integer", "minimum": least, "maximum": most} | options.pop("metadata", {})
        super().__init__(metadata=metadata, error_messages=REQUIRED, **options)
        self.least, self.most = least, most

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_kwargs: Any
    ) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValidationError(_("请填写整数，不带小数点。"))
        try:
            return parse_points(str(value), least=self.least, most=self.most)
        except Invalid as error:
            raise ValidationError(say(error)) from error


class Text(fields.String):
    """Text of at most ``longest`` characters, trimmed; no control characters."""

    def __init__(self, *, longest: int = 500, shortest: int = 0, **options: Any) -> None:
        checks = [validate.Length(min=shortest, max=longest, error=_length_sentence(shortest, longest))]
        super().__init__(
            validate=checks, error_messages=REQUIRED | {"invalid": lazy_gettext("格式不对。")}, **options
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
            raise ValidationError(_("里面有看不见的字符，请重新填写。"))
        return text.replace("\r\n", "\n")


def _length_sentence(shortest: int, longest: int) -> object:
    if shortest:
        return lazy_gettext("请填写 %(shortest)s 到 %(longest)s 个字。", shortest=shortest, longest=longest)
    return lazy_gettext("最多 %(longest)s 个字。", longest=longest)


class Key(fields.UUID):
    """An id, as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(error_messages=REQUIRED | {"invalid_uuid": lazy_gettext("编号不对。")}, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> uuid.UUID:
        if not isinstance(value, str | uuid.UUID):
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
        if not isinstance(value, str):
            raise ValidationError(_("请按 2026-01-31 的样子填写日期。"))
        return super()._deserialize(value, attr, data, **kwargs)


class OneOf(fields.String):
    """One of a few words."""

    def __init__(self, *words: str, **options: Any) -> None:
        check = validate.OneOf(words, error=lazy_gettext("请选一项。"))
        super().__init__(
            validate=check, error_messages=REQUIRED | {"invalid": lazy_gettext("请选一项。")}, **options
        )


def load(schema: type[Schema], data: Mapping[str, Any], *, strict: bool = True) -> dict[str, Any]:
    """Validated values. Raises Invalid ``form_invalid`` with ``errors`` {field: [sentence]}.

    Forms are read leniently about extra fields (csrf token, buttons), programs strictly.
    """
    try:
        return schema().load(data, unknown=RAISE if strict else EXCLUDE)
    except ValidationError as error:
        raise Invalid("form_invalid", errors=_sentences(error.messages)) from error


def _sentences(messages: Any) -> Any:
    if isinstance(messages, dict):
        return {str(key): _sentences(value) for key, value in messages.items()}
    if isinstance(messages, list):
        return [_sentences(value) for value in messages]
    return str(messages)
