"""What the community asks for at its counters: the steward's settings, with a reason for the public list."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.devices import CounterRulesSchema
from app.transaction import transact
from app.web.devices import views
from app.web.forms import blank_form, load_form, posted_form, show_again
from points.errors import DomainError
from shop.codes.counter_rules import ChangeCounterRules, change_counter_rules, counter_rules

__all__ = ["views"]


@views.get("/desk/counter-rules", endpoint="rules")
@requires("devices.manage")
def show() -> str:
    """The settings as they are."""
    rules = counter_rules(db.session(), current_user.community_id)
    form = blank_form(**(asdict(rules) | {"shop_phones_only": "1" if rules.shop_phones_only else None}))
    return render_template("devices/rules.html", form=form)


@views.post("/desk/counter-rules", endpoint="change_rules")
@requires("devices.manage")
def change() -> Response:
    """Changes them from the next sale on."""
    form = posted_form()
    try:
        values = load_form(CounterRulesSchema)
        command = ChangeCounterRules(current_user.community_id, current_user.member_id, **values)
        changed = transact(change_counter_rules, command)
    except DomainError as error:
        return show_again("devices/rules.html", form, error)
    flash(_("改好了，这次改动已经公开。") if changed else _("和原来一样，没有改动。"), "ok")
    return redirect(url_for("devices.rules"), 303)
