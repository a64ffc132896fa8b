"""The rule book, open to everybody under the community's code: a list, a card for each rule, differences, paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.database import db
from app.permissions import public, requires
from app.web.board import community_of
from points.errors import NotFound
from points.people.queries import CommunityView
from points.rules.difference import FieldChange, changed_fields, compare_books
from points.rules.policy import AUTHORITY_LIMIT_POINTS, may_report
from points.rules.queries import RuleView, VersionView, book_of, history_of, versions_of, warnings_of

views = Blueprint("rules", __name__)

Groups = list[tuple[tuple[str, str], list[RuleView]]]


@dataclass(frozen=True)
class Step:
    """What became of an item with a version: ``kind`` is added, changed or removed."""

    version: VersionView
    kind: str
    fields: tuple[FieldChange, ...]
    rule: RuleView


@views.get("/rules")
@requires("rules.see")
def index() -> ResponseReturnValue:
    """The own community's book."""
    return redirect(url_for("rules.book", code=current_user.community_code), 302)


def by_category(items: Sequence[RuleView]) -> Groups:
    """Items in the book's order, under their categories in both languages."""
    groups = groupby(items, key=lambda item: (item.category_zh, item.category_en))
    return [(key, list(group)) for key, group in groups]


def _in_force(community: CommunityView, versions: list[VersionView]) -> VersionView | None:
    """The version in force today."""
    today = clock.today(community.zone)
    return next((version for version in versions if version.in_force_from <= today), None)


def _chosen(versions: list[VersionView], name: str, default: VersionView | None) -> VersionView | None:
    """The version whose number stands in the address. NotFound ``rules_version_not_found``."""
    if name not in request.args:
        return default
    number = request.args.get(name, type=int)
    for version in versions:
        if version.number == number:
            return version
    raise NotFound("rules_version_not_found")


def _opened(code: str) -> dict[str, object]:
    """A version with its items: the one in force today, else the newest, unless ``?version=`` names another."""
    session, community = db.session(), community_of(code)
    versions = versions_of(session, community.id)
    current = _in_force(community, versions)
    shown = _chosen(versions, "version", current or (versions[0] if versions else None))
    items = book_of(session, community.id, shown.id) if shown else []
    return {
        "community": community, "versions": versions, "current": current, "shown": shown, "items": items,
        "groups": by_category(items), "today": clock.today(community.zone),
    }  # fmt: skip


@views.get("/c/<code>/rules")
@public
def book(code: str) -> ResponseReturnValue:
    """Every item of a version, by category; who adopted it, and what they had been asked to look at."""
    context = _opened(code)
    community, shown = context["community"], context["shown"]
    warnings = warnings_of(db.session(), community.id, shown.id) if shown else []  # type: ignore[attr-defined]
    return render_template("rules/book.html", warnings=warnings, **context)


@views.get("/c/<code>/rules/poster")
@public
def poster(code: str) -> ResponseReturnValue:
    """The whole book for the wall, on as many A3 sheets as it takes."""
    site = current_app.config["SITE_URL"] or request.host_url.rstrip("/")
    return render_template(
        "rules/poster.html", address=site + url_for("rules.book", code=code), **_opened(code)
    )


@views.get("/c/<code>/rules/cards")
@public
def cards(code: str) -> ResponseReturnValue:
    """A card for each rule, side by side on A4, to be cut out."""
    return render_template("rules/cards.html", **_opened(code))


@views.get("/c/<code>/rules/difference")
@public
def difference(code: str) -> ResponseReturnValue:
    """Two versions side by side: the newest and the one before, unless ``?from=`` and ``?to=`` name others."""
    session, community = db.session(), community_of(code)
    versions = versions_of(session, community.id)
    later = _chosen(versions, "to", versions[0] if versions else None)
    if later is None:
        raise NotFound("rules_version_not_found")
    before = next((version for version in versions if version.number == later.number - 1), later)
    earlier = _chosen(versions, "from", before) or before
    found = compare_books(
        book_of(session, community.id, earlier.id), book_of(session, community.id, later.id)
    )
    return render_template(
        "rules/difference.html", community=community, versions=versions, earlier=earlier, later=later,
        difference=found,
    )  # fmt: skip


@views.get("/c/<code>/rules/<rule_code>")
@public
def card(code: str, rule_code: str) -> ResponseReturnValue:
    """One rule: what it gives, an example, how to prove it, who may report it, how it is reviewed, how it changed."""
    community = community_of(code)
    history = history_of(db.session(), community.id, rule_code)
    versions = [version for version, _rule in history]
    current = _in_force(community, versions)
    shown = _chosen(versions, "version", current)
    rules = {version.number: rule for version, rule in history if rule}
    if not rules:
        raise NotFound("rule_not_found")
    rule = rules.get(shown.number) if shown else None
    rule = rule or rules[max(rules)]
    return render_template(
        "rules/card.html", community=community, rule=rule, current=current, steps=_steps(history),
        version=next(version for version in versions if version.number == rule.version),
        in_force=current is not None and rule.version == current.number,
        may_report=_may_report(community, rule), limit=AUTHORITY_LIMIT_POINTS,
    )  # fmt: skip


def _may_report(community: CommunityView, rule: RuleView) -> bool:
    """Whether the reader may report it for the own household; whoever has not signed in may find out by trying."""
    if rule.score == "conduct":
        return False
    if not current_user.is_authenticated:
        return may_report(rule.reporters, frozenset(), own=True)
    if current_user.community_id != community.id:
        return False
    return may_report(rule.reporters, current_user.roles, own=True)


def _steps(history: list[tuple[VersionView, RuleView | None]]) -> list[Step]:
    """When an item came, changed and went, newest first."""
    steps: list[Step] = []
    before: RuleView | None = None
    for version, rule in reversed(history):
        if rule and before:
            fields = changed_fields(before, rule)
            steps += [Step(version, "changed", fields, rule)] if fields else []
        elif rule:
            steps.append(Step(version, "added", (), rule))
        elif before:
            steps.append(Step(version, "removed", (), before))
        before = rule
    return steps[::-1]
