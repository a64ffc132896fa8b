"""The HTML views: one module for each area, each with a blueprint called ``views``; modules of one area share it."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.web import jinja
from app.web.unseen import refuse_unseen

AREAS = (
    "helping",
    "rules",
    "rule_drafts",
    "stock",
    "stock_deliveries",
    "stock_donors",
    "stock_signing",
    "stock_takes",
    "stock_books",
    "counter",
    "counter_answers",
    "sale",
    "my_code",
    "refunds",
    "offline",
    "offline_desk",
    "orders",
    "orders_basket",
    "orders_counter",
    "orders_slips",
    "orders_shares",
    "catalogue",
    "vouchers",
    "voucher_counter",
    "loans",
    "gifts",
    "care",
    "shelf",
    "items",
    "shops",
    "tags",
    "wishes",
    "identity",
    "settings",
    "home",
    "points",
    "points_entry",
    "records",
    "report",
    "round",
    "photos",
    "review",
    "sitting",
    "voting",
    "projector",
    "chairing",
    "minutes",
    "seats",
    "duplicates",
    "paper_ballots",
    "sheets",
    "plan",
    "second_level",
    "board",
    "poster",
    "extracts",
    "months",
    "changes",
    "donations",
    "objections",
    "appeals",
    "conduct",
    "conduct_case",
    "fairness",
    "rechecks",
    "checkpoints",
    "verify",
    "codes",
    "desk",
    "members",
    "groups",
    "elections",
    "relations",
    "imports",
    "cards",
    "card_file",
    "pins",
    "devices",
    "shop_phone",
    "counter_codes",
    "counter_rules",
    "operator",
    "settlement",
    "shifts",
    "days",
    "liability",
    "expiring",
)

csrf = CSRFProtect()


def init_web(site: Flask) -> None:
    """Registers every area and the guards of forms."""
    csrf.init_app(site)
    site.before_request(refuse_unseen)
    jinja.init_jinja(site)
    modules = [import_module(f"app.web.{area}") for area in AREAS]
    for views in dict.fromkeys(module.views for module in modules):
        site.register_blueprint(views)
