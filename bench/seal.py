"""Daily seals: sealing everything a community ever did, and one proof out of it, beside how both grow."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from statistics import median

import sqlalchemy as sa
from flask import Flask

from app.database import db
from app.sealing import seal_community
from bench.history import AWARDS, REDEMPTIONS, seed_history
from bench.processes import memory_of
from bench.report import Goal, figure, headline
from bench.seed import Seeder
from bench.site import close_site, migrate, new_site
from bench.village import found_village
from points.checkpoints.models import SealedLeaf
from points.checkpoints.queries import newest_checkpoint, proof_of
from points.people.queries import community_by_id
from tests.support.postgres import postgres_cluster

SIZES, LARGE = (10_000, 100_000), 1_000_000
PROOFS = 300
SHOPS = 10
MOST_SECONDS, MOST_PROOF_MS, MOST_MORE_MB = 20.0, 20.0, 30.0
leaf = SealedLeaf.__table__


def bench_seal(folder: Path, rounds: int, seconds: int, *, large: bool = False) -> list[Goal]:  # noqa: ARG001 - counted in entries
    """PostgreSQL with fsync on; a database of its own for each size, since what is sealed stays sealed."""
    headline("seal: a community's first sealing, and proofs (PostgreSQL, fsync on)")
    found: dict[int, dict[str, float]] = {}
    with postgres_cluster(fsync=True, directory=folder) as cluster:
        for transfers in (*SIZES, LARGE) if large else SIZES:
            site = new_site(cluster.create_database(f"seal_{transfers}"), folder)
            migrate(site)
            found[transfers] = _measure(site, transfers)
            close_site(site)
            cluster.drop_database(f"seal_{transfers}")
    small, most = SIZES[0], max(found)
    growth = found[most]["proof ms"] / found[small]["proof ms"]
    memory = found[most]["MB"] - found[small]["MB"]
    print(
        f"  a proof among {most:,} transfers / among {small:,}: {growth:.2f}; memory of sealing: {memory:+.1f} MB"
    )
    return [
        Goal(
            "seal: 100,000 entries (transfers, decisions, acts)",
            found[SIZES[1]]["seconds each 100,000"],
            "s",
            most=MOST_SECONDS,
        ),
        Goal(
            f"seal: a proof among {most:,} transfers, median",
            found[most]["proof ms"],
            "ms",
            most=MOST_PROOF_MS,
        ),
        Goal(f"seal: more memory for {most:,} transfers than for {small:,}", memory, "MB", most=MOST_MORE_MB),
    ]


def _measure(site: Flask, transfers: int) -> dict[str, float]:
    """Each entry of the history is a pending transfer and the one that posts it."""
    households = transfers // (2 * (AWARDS + REDEMPTIONS))
    village = found_village(site, households=households, shops=SHOPS)
    seed_history(site, village)
    with site.app_context():
        community = community_by_id(db.session(), village.id)
        db.session.rollback()
        before = memory_of(os.getpid())[0]
        began, own = time.perf_counter(), time.process_time()
        count = seal_community(community)
        took, own = time.perf_counter() - began, time.process_time() - own
        memory = memory_of(os.getpid())[0] - before
        again = -time.perf_counter()
        seal_community(community)
        again += time.perf_counter()
        with Seeder(db.engine) as seeder:  # as autovacuum does within a minute
            for name in ("sealed_leaf", "sealed_node", "seal_salt", "checkpoint"):
                seeder.analyze_table(name)
        proofs = _proofs(village.id)
    print(
        f"  {transfers:>9,} transfers: {count:,} entries sealed in {took:.1f} s ({figure(count / took)} a second, "
        f"Python's processor time {own:.1f} s), "
        f"{memory:+.1f} MB; again {again:.2f} s; a proof {median(proofs):.2f} ms (slowest {max(proofs):.1f})",
        flush=True,
    )
    return {"seconds each 100,000": took / count * 100_000, "proof ms": median(proofs), "MB": memory}


def _proofs(community_id: int) -> list[float]:
    """Proofs of entries anywhere in the tree, each with its line made anew; the first ones warm up."""
    session = db.session()
    size = newest_checkpoint(session, community_id).size
    positions = [Random(n).randrange(size) for n in range(PROOFS)]
    ids = session.scalars(
        sa.select(leaf.c.id).where(leaf.c.community_id == community_id, leaf.c.position.in_(positions))
    ).all()
    took = []
    for entry_id in ids:
        began = time.perf_counter()
        proof_of(session, community_id, entry_id)
        took.append((time.perf_counter() - began) * 1000)
        session.rollback()
    return took[10:]
