"""What every template may use: a fresh request key, addresses that keep their filters, QR pictures."""

from __future__ import annotations

import io
from functools import partial
from urllib.parse import urlencode

import qrcode
import qrcode.image.svg
from flask import Flask, g, request
from markupsafe import Markup

from app import clock
from app.sentences.counter import why
from app.sentences.groups import GROUPS, SEAT_ENDS
from app.sentences.people import HELPED_ACTS, ROLES
from app.sentences.rows import cell, column, found, reason
from app.snapshot_key import public_key
from points.base import new_id
from points.people.names import mask_name, mask_phone
from shop.devices.queries import DeviceView


def request_key() -> str:
    """A key for the form being shown: sent twice, it is answered once."""
    return new_id().hex


def qr_svg(text: str, label: str) -> Markup:
    """A QR code as inline SVG: alphanumeric payload, error correction Q, four modules of quiet zone."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, border=4)
    code.add_data(text.upper() if text.lower().startswith("http") else text)
    code.make(fit=True)
    matrix = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    size = len(matrix)
    out = io.StringIO()
    out.write(
        f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges" aria-label="'
    )
    return Markup(out.getvalue()) + label + Markup(
        f'"><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
    )  # fmt: skip


def with_query(**changes: object) -> str:
    """This page's address with some query values changed; None removes one."""
    query = {**request.args.to_dict(), **changes}
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def counter_phone() -> DeviceView | None:
    """The enrolled shop phone that asks for a page of its counter. Asks the database nothing: the page has done so."""
    found = g.get("shop_phone")
    is_here = found is not None and found.is_current and f"{request.path}/".startswith("/counter/")
    return found if is_here else None


def init_jinja(site: Flask) -> None:
    """Adds globals and filters."""
    site.jinja_env.globals.update(
        rule_cell=cell,
        rule_column=partial(column, "rules"),
        request_key=request_key,
        qr_svg=qr_svg,
        with_query=with_query,
        counter_phone=counter_phone,
        snapshot_key=public_key,
        now=clock.now,
        role_words=ROLES,
        helped_act_words=HELPED_ACTS,
        group_words=GROUPS,
        seat_end_words=SEAT_ENDS,
    )
    site.jinja_env.filters.update(
        mask_name=mask_name, mask_phone=mask_phone, found=found, reason=reason, why=why
    )
    site.jinja_env.trim_blocks = True
    site.jinja_env.lstrip_blocks = True
