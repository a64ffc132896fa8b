"""Rosters, rule books, catalogues and relations from a file: what was understood is shown first, then somebody decides."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import clock
from app.database import db
from app.files.downloads import csv_answer
from app.imports.keeping import Keeper, Kept
from app.imports.reading import KINDS, Question, Reading, read_file
from app.imports.taking_in import Adoption, foreseen, take_in
from app.permissions import requires
from app.schemas.desk import AdoptionSchema, ImportSchema
from app.schemas.fields import load
from app.sentences import say
from app.sentences.columns import COLUMNS, WORDS
from app.sentences.rows import column, explain, tell, warn
from app.transaction import transact
from app.web.forms import Form, blank_form, load_form, posted_form, show_again
from points.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from points.rules.drafts import StartDraft, start_draft

views = Blueprint("imports", __name__)

# More than these on a page help nobody; the CSV has them all.
SHOWN_ERRORS, SHOWN_ROWS = 60, 5


@views.get("/imports")
@requires("imports.run")
def index() -> str:
    """The four kinds of files, each with its form and an empty table to begin with."""
    return render_template("imports/index.html", form=blank_form(), columns=COLUMNS)


@views.get("/imports/<kind>/blank.csv")
@requires("imports.run")
def blank(kind: str) -> Response:
    """A table with nothing but its header, in the names the reader knows, whatever the visitor's language."""
    columns = KINDS[_allowed(kind)].columns.values()
    names = [next((name for name in known if not name.isascii()), known[0]) for known in columns]
    return csv_answer([names], f"{kind}.csv")


@views.post("/imports/<kind>")
@requires("imports.run")
def upload(kind: str) -> Response:
    """Reads the file once, keeps it, and goes on to what was understood."""
    _allowed(kind)
    form = posted_form()
    try:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid("upload_missing")
        data, filename = file.read(), Path(file.filename).name
        grid = (request.form.get("grid") or "").strip()[:40] or None
        _read(kind, data, filename, sheet=None, grid=grid)
    except DomainError as error:
        # A missing grid can be told on the next page; the file need not be chosen again for it.
        if not _only_grid_missing(error):
            return show_again("imports/index.html", form, error, columns=COLUMNS, failed=kind)
    key = _keeper().keep(kind, filename, data, now=clock.now())
    return redirect(url_for("imports.reading", kind=kind, key=key, grid=grid), 303)


@views.get("/imports/<kind>/<key>")
@requires("imports.run")
def reading(kind: str, key: str) -> Response | str:
    """What was understood of the file: counts, notes, what needs a look, and every row that cannot be taken."""
    kept = _keeper().find(key, _allowed(kind), now=clock.now())
    if kept.answer is not None:
        return _answered(kept)
    sheet, grid = request.args.get("sheet"), request.args.get("grid")
    try:
        read = _read(kind, kept.data, kept.filename, sheet=sheet, grid=grid)
    except DomainError as error:
        if _only_grid_missing(error):
            return render_template("imports/which_grid.html", kept=kept, sheet=sheet, sentence=say(error))
        return show_again("imports/index.html", Form(), error, columns=COLUMNS, failed=kind)
    today = current_user.today.isoformat()
    form = blank_form(adopted_on=today, in_force_from=today)
    return render_template("imports/reading.html", form=form, **_context(kept, read, sheet, grid))


@views.post("/imports/<kind>/<key>")
@requires("imports.run")
def take(kind: str, key: str) -> Response:
    """Imports the good rows, if that is what was shown and chosen; the file goes."""
    keeper = _keeper()
    kept = keeper.find(key, _allowed(kind), now=clock.now())
    if kept.answer is not None:
        return _answered(kept)
    form = posted_form()
    sheet, grid = request.form.get("sheet") or None, request.form.get("grid") or None
    read = _read(kind, kept.data, kept.filename, sheet=sheet, grid=grid)
    try:
        wanted = load_form(ImportSchema)
        _check_choice(read, wanted["rows"], wanted["choice"])
        adoption = Adoption(**load(AdoptionSchema, _typed(form), strict=False)) if kind == "rules" else None
        db.session.rollback()
        answer = take_in(
            read, current_user.community_id, current_user.member_id, adoption=adoption, reason=kept.filename
        )
    except DomainError as error:
        return show_again("imports/reading.html", form, error, **_context(kept, read, sheet, grid))
    keeper.finish(kept, answer)
    flash(answer, "ok")
    return redirect(url_for("imports.index"), 303)


@views.post("/imports/rules/<key>/draft")
@requires("rules.manage")
def draft(key: str) -> Response:
    """The sheet becomes a draft, with the rows that may not be adopted, to be put right on the pages."""
    keeper = _keeper()
    kept = keeper.find(key, "rules", now=clock.now())
    if kept.answer is None:
        read = _read("rules", kept.data, kept.filename, sheet=request.form.get("sheet"), grid=None)
        lines = sorted((*read.rows, *read.refused), key=lambda row: row.line)
        db.session.rollback()
        try:
            transact(start_draft, StartDraft(current_user.community_id, current_user.member_id, tuple(lines)))
        except Conflict as error:
            flash(say(error), "info")
            return redirect(url_for("rule_drafts.show"), 303)
        unread = len(read.refused_lines) - len(read.refused)
        keeper.finish(
            kept, _("存成草稿了。") + (_("有 %(count)s 行没看懂，没有导入。", count=unread) if unread else "")
        )
        kept = keeper.find(key, "rules", now=clock.now())
    flash(str(kept.answer), "ok")
    return redirect(url_for("rule_drafts.show"), 303)


@views.post("/imports/<kind>/<key>/discard")
@requires("imports.run")
def discard(kind: str, key: str) -> Response:
    """Nothing is imported; the file is corrected at home and comes again."""
    _keeper().forget(key)
    flash(_("什么都没有导入。改好后请再上传。"), "info")
    return redirect(url_for("imports.index", _anchor=_allowed(kind)), 303)


@views.get("/imports/<kind>/<key>/errors.csv")
@requires("imports.run")
def errors(kind: str, key: str) -> Response:
    """Every row that cannot be taken, with line, column, what is written there, and why."""
    kept = _keeper().find(key, _allowed(kind), now=clock.now())
    read = _read(
        kind, kept.data, kept.filename, sheet=request.args.get("sheet"), grid=request.args.get("grid")
    )
    head = [_("行号"), _("栏目"), _("填的内容"), _("原因")]
    lines = [
        [str(error.line), column(kind, error.field), str(error.facts.get("value", "")), explain(error)]
        for error in read.errors
    ]
    return csv_answer([head, *lines], f"{kind}-errors.csv")


def _allowed(kind: str) -> str:
    if kind not in KINDS:
        raise NotFound("page_not_found")
    if not current_user.can(KINDS[kind].permission):
        raise NotAllowed("not_permitted", permission=KINDS[kind].permission)
    return kind


def _keeper() -> Keeper:
    return Keeper(Path(current_app.config["MEDIA_DIR"]) / "tmp", current_user.member_id)


def _read(kind: str, data: bytes, filename: str, *, sheet: str | None, grid: str | None) -> Reading:
    question = Question(current_user.community_id, current_user.today, sheet or None, grid or None)
    return read_file(db.session(), kind, data, filename, question)


def _only_grid_missing(error: DomainError) -> bool:
    return error.code == "columns_missing" and error.facts["missing"] == ["grid"]


def _typed(form: Form) -> dict[str, str]:
    return {name: values[0] for name, values in form.typed.items() if values and values[0] != ""}


def _check_choice(read: Reading, rows: int, choice: str) -> None:
    """Only what was shown is imported: the register may have changed since the page was opened."""
    if rows != len(read.rows):
        raise Conflict("reading_changed", count=len(read.rows))
    if read.errors and choice != "good":
        raise Conflict("rows_need_choice", count=len(read.refused_lines))


def _context(kept: Kept, read: Reading, sheet: str | None, grid: str | None) -> dict[str, object]:
    return {
        "kept": kept,
        "read": read,
        "foreseen": foreseen(db.session(), read, current_user.community_id) if read.rows else "",
        "errors": read.errors[:SHOWN_ERRORS],
        "preview": [_preview(kept.kind, row) for row in read.rows[:SHOWN_ROWS]],
        "counts": _counts(read),
        "labels": COLUMNS[kept.kind],
        "words": WORDS,
        "explain": explain,
        "warn": warn,
        "tell": tell,
        "sheet": sheet,
        "grid": grid,
    }


# What a look at the first rows needs to show that the columns were understood.
_PREVIEW = {
    "roster": ("household_number", "grid", "name", "relation", "birth_year", "phone"),
    "rules": ("code", "category_zh", "name_zh", "points_min", "points_default", "points_max"),
    "catalogue": ("code", "kind", "name_zh", "points", "unit_zh"),
    "relations": ("name_a", "name_b", "relation_kind"),
}


def _preview(kind: str, row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in _PREVIEW[kind]}


def _counts(read: Reading) -> dict[str, int]:
    if read.kind == "roster":
        return {
            "people": len(read.rows),
            "households": len({row.household_number for row in read.rows}),  # type: ignore[union-attr]
            "grids": len({row.grid for row in read.rows}),  # type: ignore[union-attr]
        }
    return {"rows": len(read.rows)}


def _answered(kept: Kept) -> Response:
    """A second click, or the way back in the browser: the same answer."""
    flash(str(kept.answer), "ok")
    return redirect(url_for("imports.index"), 303)
