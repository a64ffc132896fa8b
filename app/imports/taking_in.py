"""From a reading to the register, the rules, the goods or the relations, and the sentence that says what came of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.imports.reading import Reading
from app.sentences.facts import joined
from app.transaction import transact
from points.errors import Invalid
from points.people.intake import ImportRoster, RosterImported, import_roster, preview_roster
from points.people.relation_intake import (
    ImportRelations,
    RelationsImported,
    import_relations,
    preview_relations,
)
from points.review.late_recusals import with_recusals
from points.rules.difference import BookDifference, difference_from_last
from points.rules.operations import AdoptRules, adopt_rules
from shop.catalogue.operations import (
    CatalogueImported,
    ImportCatalogue,
    import_catalogue,
    preview_catalogue,
)


@dataclass(frozen=True)
class Adoption:
    """Which assembly adopted a rule book, when, with which tally, and the first day it is in force."""

    adopted_by: str
    adopted_on: date
    in_force_from: date
    votes_for: int
    votes_against: int = 0
    votes_abstained: int = 0


def take_in(
    reading: Reading, community_id: int, actor_id: uuid.UUID | None, *, adoption: Adoption | None = None,
    reason: str = "",
) -> str:  # fmt: skip
    """Imports the good rows in one transaction and says what changed; a second time it changes nothing and says so.

    Raises Invalid ``no_good_rows`` and what ``import_roster``, ``adopt_rules``, ``import_catalogue`` and ``import_relations``
    raise.
    """
    if not reading.rows:
        raise Invalid("no_good_rows")
    if reading.kind == "roster":
        done = transact(
            import_roster, ImportRoster(community_id, actor_id, reading.rows, reason or _("名册"))
        )
        said = _roster_sentence(done)
    elif reading.kind == "catalogue":
        done = transact(
            import_catalogue, ImportCatalogue(community_id, actor_id, reading.rows, reason or _("货品目录"))
        )
        said = _catalogue_sentence(done)
    elif reading.kind == "relations":
        done = transact(
            with_recusals(import_relations), ImportRelations(community_id, actor_id, reading.rows)
        )
        said = _relations_sentence(done)
    else:
        said = _adopt(reading, community_id, actor_id, adoption)
    left_out = len(reading.refused_lines)
    return said + (_("有 %(count)s 行没看懂，没有导入。", count=left_out) if left_out else "")


def foreseen(session: Session, reading: Reading, community_id: int) -> str:
    """What the import would do, before anybody decides."""
    if reading.kind == "roster":
        return _foreseen_roster(preview_roster(session, community_id, reading.rows))
    if reading.kind == "catalogue":
        done = preview_catalogue(session, community_id, reading.rows)
        return _("导入后：新增 %(added)s 种，更新 %(changed)s 种，%(unchanged)s 种没有变化。", **vars(done))
    if reading.kind == "relations":
        done = preview_relations(session, community_id, reading.rows)
        return _("导入后：新增 %(added)s 条，%(unchanged)s 条已经登记过。", **vars(done))
    return _foreseen_rules(difference_from_last(session, community_id, reading.rows))


def _foreseen_rules(compared: tuple[int, BookDifference] | None) -> str:
    if compared is None:
        return _("这是第一份规则。")
    version, difference = compared
    if not difference:
        return _("和第 %(version)s 版规则一样。", version=version)
    said = _(
        "和第 %(version)s 版比：新增 %(added)s 条，改动 %(changed)s 条，去掉 %(removed)s 条。",
        version=version, added=len(difference.added), changed=len(difference.changed),
        removed=len(difference.removed),
    )  # fmt: skip
    if difference.removed:
        said += _("去掉的是：%(codes)s。", codes=joined([item.code for item in difference.removed]))
    return said


def _adopt(reading: Reading, community_id: int, actor_id: uuid.UUID | None, adoption: Adoption | None) -> str:
    if adoption is None:
        raise ValueError("a rule book without its adoption")
    done = transact(
        adopt_rules, AdoptRules(community_id, actor_id, items=reading.rows, **vars(adoption))
    )  # fmt: skip
    if not done.is_new:
        return _("和第 %(version)s 版规则一样，什么都没有变。", version=done.version)
    return _(
        "第 %(version)s 版规则记下了，%(count)s 条，从 %(day)s 起生效。",
        version=done.version, count=done.items, day=adoption.in_force_from,
    )  # fmt: skip


def _roster_sentence(done: RosterImported) -> str:
    if done.changed_nothing:
        return _("名册和登记的一样，什么都没有变（%(count)s 人）。", count=done.members_unchanged)
    said = _(
        "导入好了：新增 %(people)s 人、%(households)s 户，更新 %(changed)s 人，%(unchanged)s 人没有变化。",
        people=done.members_added, households=done.households_added, changed=done.members_changed,
        unchanged=done.members_unchanged,
    )  # fmt: skip
    return said + _moved(done)


def _foreseen_roster(done: RosterImported) -> str:
    if done.changed_nothing:
        return _("和登记的一样：导入后什么都不会变。")
    said = _(
        "导入后：新增 %(people)s 人、%(households)s 户，更新 %(changed)s 人，%(unchanged)s 人没有变化。",
        people=done.members_added, households=done.households_added, changed=done.members_changed,
        unchanged=done.members_unchanged,
    )  # fmt: skip
    return said + _moved(done)


def _moved(done: RosterImported) -> str:
    if not done.households_changed:
        return ""
    return _("有 %(count)s 户换了网格或住址。", count=done.households_changed)


def _catalogue_sentence(done: CatalogueImported) -> str:
    if not (done.added or done.changed):
        return _("货品和登记的一样，什么都没有变（%(count)s 种）。", count=done.unchanged)
    return _("导入好了：新增 %(added)s 种，更新 %(changed)s 种，%(unchanged)s 种没有变化。", **vars(done))


def _relations_sentence(done: RelationsImported) -> str:
    if not done.added:
        return _("这些关系都登记过了，什么都没有变（%(count)s 条）。", count=done.unchanged)
    return _("导入好了：新增 %(added)s 条关系，%(unchanged)s 条已经登记过。", **vars(done))
