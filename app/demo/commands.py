"""``flask --app app demo load`` and ``demo sign-ins``."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from app import clock
from app.database import db
from app.demo.cast import CODE
from app.demo.counters import furnish_counters, phones_at_work
from app.demo.groups import declare_relations, elect_groups
from app.demo.history import Story, at, days_of, live
from app.demo.settling import settle_last_month
from app.demo.shops import arrange_shops
from app.demo.sign_ins import LOADED, demo_community, demo_sign_ins
from app.demo.village import begin_next_book, found_neighbours, found_village
from app.sealing import seal_community
from app.transaction import transact
from points.people.models import AdminAct, Community
from points.people.queries import communities

SEED = 20260101
HAS_OTHER_DATA = 3

demo = AppGroup("demo", help="The demo village.")
ROLE_NAMES = {
    "resident": "村民 resident", "elder": "长辈 elder", "grid_worker": "网格员 grid worker", "reviewer": "评议员 reviewer",
    "chair": "主持人 chair", "shop_staff": "超市志愿者 shop volunteer", "steward": "管理员 steward",
    "supervisor": "监督员 supervisor", "operator": "系统维护 operator",
}  # fmt: skip


@demo.command("load")
@click.option("--seed", default=SEED, show_default=True, help="another seed, another two months")
@click.pass_context
def load(context: click.Context, seed: int) -> None:
    """Load the demo village once. Exit status 3, and nothing touched, when the database holds other data."""
    if demo_community(db.session()):
        click.echo("义田村 is here already")
        return
    names = db.session.scalars(sa.select(Community.name)).all()
    db.session.rollback()
    if CODE in str(db.session.scalars(sa.select(Community.code)).all()):
        click.echo(
            "an earlier load was interrupted: point DATABASE_URL at an empty database and run it again",
            err=True,
        )
        context.exit(4)
    if names:
        click.echo(f"the database holds other data ({', '.join(names)}): nothing was touched", err=True)
        context.exit(HAS_OTHER_DATA)
    counts = load_demo(Random(seed), show_progress=True)
    click.echo(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


@demo.command("sign-ins")
def sign_ins() -> None:
    """Print the ready sign-ins."""
    for person in demo_sign_ins(db.session()):
        click.echo(
            f"  {person.phone}  {person.password}  {ROLE_NAMES[person.role]}: {person.name}, {person.community}"
        )


def load_demo(rng: Random, *, show_progress: bool) -> dict[str, int]:
    """Makes the three communities and the history up to now; returns how often each thing happened."""
    until = clock.now()
    today = clock.today("Asia/Shanghai")
    founding = at(today, 8) - timedelta(days=90)
    village = found_village(founding, rng)
    with clock.at(founding):
        elect_groups(village)
        declare_relations(village)
        furnish_counters(village)
    story = Story(village, today)
    days = days_of(story)
    with click.progressbar(
        days, label="义田村", show_pos=True, file=None if show_progress else _Silence()
    ) as bar:
        for day in bar:
            live(story, day, until)
    begin_next_book(village)
    arrange_shops(village)
    phones_at_work(village)
    settle_last_month(village)
    found_neighbours(founding, rng)
    transact(_mark_loaded, village.id)
    found = communities(db.session())
    db.session.rollback()
    for community in found:
        seal_community(community)
    return story.counts


def _mark_loaded(session: object, community_id: int, *, now: datetime) -> None:
    session.add(  # type: ignore[attr-defined]
        AdminAct(
            community_id=community_id, act=LOADED, detail="demo", reason="示范村，数据都是编的", done_at=now
        )
    )


class _Silence:
    """Somewhere for a progress bar that nobody looks at."""

    def write(self, text: str) -> int:
        """Takes it."""
        return len(text)

    def flush(self) -> None:
        """Nothing to do."""

    def isatty(self) -> bool:
        """No terminal."""
        return False
