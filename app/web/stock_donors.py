"""Donors: who gave, and whether the name may be told."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.database import db
from app.permissions import requires
from app.schemas.stock import DonorSchema
from app.transaction import transact
from app.web.forms import blank_form, load_form, posted_form, show_again
from app.web.stock import views
from points.errors import DomainError
from shop.queries import DonorView, donors_of
from shop.stock.donors import SaveDonor, save_donor


@views.get("/stock/donors")
@requires("stock.manage")
def donors() -> ResponseReturnValue:
    """All donors; ``donor`` opens one of them in the form."""
    found = _found()
    asked = next((one for one in found if str(one.id) == request.args.get("donor")), None)
    form = blank_form(
        donor_id=asked.id, name=asked.name, kind=asked.kind, is_public="1" if asked.is_public else None
    ) if asked else blank_form(kind="person")  # fmt: skip
    return render_template("stock/donors.html", donors=found, form=form)


@views.post("/stock/donors")
@requires("stock.manage")
def keep_donor() -> ResponseReturnValue:
    """A new donor, or what has changed about one."""
    form = posted_form()
    try:
        command = SaveDonor(current_user.community_id, current_user.member_id, **load_form(DonorSchema))
        transact(save_donor, command)
    except DomainError as error:
        return show_again("stock/donors.html", form, error, donors=_found())
    flash(_("记好了。"), "ok")
    return redirect(url_for("stock.donors"), 303)


def _found() -> list[DonorView]:
    return donors_of(db.session(), current_user.community_id)
