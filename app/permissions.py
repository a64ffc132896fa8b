"""Who may do what, as data. Every route names its permission or says that it is public; a test walks the URL map."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from flask_login import current_user

from points.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., object])

EVERYONE = frozenset({"resident"})
DESK = frozenset({"steward", "operator"})

# Every signed-in member is a resident; the other roles add to it.
PERMISSIONS: dict[str, frozenset[str]] = {
    "account.own": EVERYONE,
    "points.own": EVERYONE,
    "records.report": EVERYONE,
    "records.own": EVERYONE,
    "records.report_for_others": frozenset({"grid_worker", "steward"}),
    "records.all": frozenset({"grid_worker", "steward", "supervisor", "reviewer", "chair"}),
    "evidence.see": EVERYONE,
    "members.look_up": frozenset({"grid_worker", "steward", "supervisor", "shop_staff", "operator"}),
    "members.manage": DESK,
    "review.see": frozenset({"reviewer", "chair", "supervisor", "steward"}),
    # Supervisors vote as the other panel, where too few reviewers are left.
    "review.vote": frozenset({"reviewer", "chair", "supervisor"}),
    "review.chair": frozenset({"chair"}),
    "review.paper": frozenset({"chair", "steward", "supervisor"}),
    "review.plan": frozenset({"steward"}),
    "review.second_level": frozenset({"supervisor"}),
    "notices.object": EVERYONE,
    # Those above the village only what has gone up to them (points/notices/concern.py).
    "objections.answer": frozenset({"supervisor", "operator"}),
    # Whose case it is, the panel's case and the opener's is asked of each case (points/conduct/queries.py).
    "conduct.own": EVERYONE,
    "conduct.see": frozenset({"grid_worker", "steward", "supervisor"}),
    "conduct.see_all": frozenset({"steward", "supervisor"}),
    "conduct.open": frozenset({"grid_worker", "steward"}),
    "conduct.answer_appeal": frozenset({"supervisor"}),
    "fairness.see": frozenset({"supervisor"}),
    "fairness.own": frozenset({"reviewer", "chair"}),
    "rechecks.run": frozenset({"supervisor"}),
    "shop.order": EVERYONE,
    "shop.door": frozenset({"shop_staff", "steward"}),
    "counter.redeem": frozenset({"shop_staff"}),
    "counter.force": frozenset({"supervisor"}),
    "counter.refund": frozenset({"steward", "supervisor"}),
    "code.show": EVERYONE,
    "vouchers.own": EVERYONE,
    "vouchers.use": frozenset({"shop_staff"}),
    "vouchers.manage": frozenset({"steward"}),
    "loans.run": frozenset({"shop_staff", "steward"}),
    "loans.keep": frozenset({"steward"}),
    "gifts.own": EVERYONE,
    "gifts.circles": frozenset({"supervisor"}),
    "care.give": frozenset({"shop_staff", "steward"}),
    "care.see": frozenset({"steward", "supervisor"}),
    "care.manage": frozenset({"steward"}),
    "care.confirm": frozenset({"supervisor"}),
    "offline.reserve": frozenset({"shop_staff", "steward"}),
    # A village with one steward still needs somebody for the steward's own affairs.
    "offline.settle": frozenset({"steward", "supervisor"}),
    "stock.manage": frozenset({"shop_staff", "steward"}),
    "devices.manage": frozenset({"steward"}),
    "shift.own": frozenset({"shop_staff"}),
    # Staff see their own shop's accounts and shifts; who sees all of them holds "settlement.all".
    "settlement.see": frozenset({"shop_staff", "steward", "supervisor", "operator"}),
    "settlement.all": frozenset({"steward", "supervisor", "operator"}),
    "settlement.draw": frozenset({"steward"}),
    "day.close": frozenset({"shop_staff", "steward"}),
    "day.countersign": frozenset({"shop_staff", "steward", "supervisor"}),
    "liability.see": frozenset({"steward", "supervisor", "operator"}),
    "funds.enter": frozenset({"steward"}),
    "funds.confirm": frozenset({"supervisor"}),
    "expiry.call": frozenset({"steward", "supervisor", "grid_worker"}),
    # The second signature (shop/stock/signing.py); staff sign for their own shop only.
    "stock.sign": frozenset({"shop_staff", "steward", "supervisor"}),
    "stock.every_shop": frozenset({"steward", "supervisor"}),
    "desk.see": frozenset({"steward", "supervisor", "operator"}),
    "budget.grant": frozenset({"steward"}),
    "groups.see": frozenset({"steward", "supervisor"}),
    "groups.manage": frozenset({"steward"}),
    "relations.own": EVERYONE,
    "relations.see": frozenset({"steward", "supervisor"}),
    "relations.manage": frozenset({"steward"}),
    "imports.run": DESK,
    "communities.see": frozenset({"operator"}),
    "rules.see": EVERYONE,
    "rules.manage": DESK,
    "catalogue.manage": DESK,
    "cards.print": frozenset({"steward", "grid_worker"}),
    "code.open": EVERYONE,
    "helping.own": EVERYONE,
    "helping.end": EVERYONE,
    "helping.see": frozenset({"steward", "supervisor"}),
}

# What a helper may do for a resident whose card and PIN are at hand: see, report, object, order. Not what is the person's
# own affair (password, PIN, phones, gifts, relations), and not what asks for the person's own word.
HELPED = frozenset({
    "points.own", "records.report", "records.own", "evidence.see", "notices.object", "shop.order", "vouchers.own",
    "rules.see", "helping.end",
})  # fmt: skip


def allows(roles: frozenset[str], permission: str) -> bool:
    """True when one of the roles carries the permission. KeyError for a permission that is not declared."""
    return not PERMISSIONS[permission].isdisjoint(roles)


def requires(permission: str) -> Callable[[View], View]:
    """Marks a view: signed in, and holding the permission."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Marks a view that anybody may open."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def init_permissions(site: Flask) -> None:
    """Asks for the permission before every view; views of extensions that serve files are listed here."""
    site.view_functions["static"].permission = None  # type: ignore[attr-defined]

    @site.before_request
    def guard() -> object | None:
        view = site.view_functions.get(request.endpoint or "")
        if view is None:
            return None
        permission = (
            view.permission
        )  # an AttributeError here is a route without a permission: 500, on purpose
        if permission is None:
            return None
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()
        if not current_user.can(permission):
            raise NotAllowed("not_permitted", permission=permission)
        return None
