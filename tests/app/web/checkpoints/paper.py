"""What somebody who trusts nobody has: files from the public page, their own statement, and the mark off the board."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from app import clock
from app.config import ROOT
from app.jobs import SettleDue, settle_due
from app.transaction import transact
from tests.app.web.review.hall import Hall
from tests.builders import MONDAY, given_order, given_points
from tests.points.checkpoints.sealing import newest, seal
from tests.support.village import Villages

CHECKPOINTS = "/c/yitian/checkpoints"


@dataclass
class Paper(Hall):
    """The hall, an empty folder, and what was printed on Sunday."""

    folder: Path = field(default_factory=Path)
    printed: str = ""

    def public(self, name: str) -> str:
        """Downloads a file of the public page into the folder; answers its name."""
        answer = self.stranger().get(f"{CHECKPOINTS}/{name}")
        assert answer.status_code == 200, name
        (self.folder / Path(name.partition("?")[0]).name).write_bytes(answer.data)
        return Path(name.partition("?")[0]).name

    def statement(self, printed: str = "") -> dict[str, Any]:
        """The first resident's own statement, as the page fetches it."""
        answer = self.as_(self.village.residents[0]).get(
            "/me/verify/statement.json", query_string={"printed": printed}
        )
        assert answer.status_code == 200
        return answer.get_json()

    def keep(self, document: object, name: str) -> str:
        """Writes JSON into the folder."""
        (self.folder / name).write_text(json.dumps(document, ensure_ascii=False))
        return name

    def verify(self, *words: str) -> tuple[int, str]:
        """The command-line verifier in that folder, with no library and no setting: exit status and what it says."""
        self.public("verify.py")
        done = subprocess.run(
            [sys.executable, "-I", "-S", "verify.py", *words], cwd=self.folder, capture_output=True, text=True, check=False,
            env={"PYTHONIOENCODING": "utf-8", "PATH": ""},
        )  # fmt: skip
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    def audit(self, *words: str) -> tuple[int, str]:
        """Everything that is public, held against the board of Sunday."""
        files = [self.public(name) for name in ("checkpoints.jsonl", "entries-0.jsonl")]
        return self.verify("--printed", self.printed, *words, *files)


def given_paper(site: Flask, villages: Villages, folder: Path) -> Paper:
    """Sealed on Sunday, when a board was printed, and again on Monday; the first resident has 18 points, 4 of them in an
    order, and the second 5."""
    paper = Paper(site, *villages, folder=folder / "desk")
    paper.folder.mkdir()
    first, second = paper.village.residents[:2]
    with clock.at(MONDAY - timedelta(days=1)):
        for days in (20, 10):
            paper.do(given_points, paper.village, first, 9, at=MONDAY - timedelta(days=days))
        paper.do(transact, settle_due, SettleDue(paper.village.community_id))
        paper.do(seal, paper.village)
        paper.printed = paper.do(newest, paper.village).mark
    with clock.at(MONDAY):
        paper.do(given_points, paper.village, second, 5, at=MONDAY - timedelta(days=9))
        paper.do(given_order, paper.village, first, at=MONDAY)
        paper.do(transact, settle_due, SettleDue(paper.village.community_id))
        paper.do(seal, paper.village)
    return paper


def on_the_phone(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the page's own script finds for each case: ``{"statement": ..., "mark": ...}`` or ``{"entry": ..., "id": ...}``."""
    done = subprocess.run(
        [ROOT / "tools/with_node.sh", "node", "tests/tooling/check_statement.mjs"],
        cwd=ROOT, input=json.dumps(cases), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
