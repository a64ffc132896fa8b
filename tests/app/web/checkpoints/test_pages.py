"""The public list of seals and the resident's own check, as pages."""

from __future__ import annotations

import json

import sqlalchemy as sa

from app.database import db
from tests.app.web.checkpoints.paper import CHECKPOINTS, Paper
from tests.app.web.review.hall import text_of
from tests.points.checkpoints.sealing import newest, seal, sealed


def test_anybody_sees_every_seal_with_the_newest_as_it_is_printed(paper: Paper) -> None:
    view = paper.do(newest, paper.village)
    page = paper.stranger().get(CHECKPOINTS)
    assert text_of(page).count("共") >= 3
    assert f"/checkpoints/{paper.printed}" in page.text
    assert " ".join(view.mark.split("-")[1][at : at + 4] for at in range(0, 8, 4)) in text_of(page)
    older = paper.stranger().get(f"{CHECKPOINTS}?below={view.size}")
    assert view.mark not in older.text.partition("<main")[2].partition("verify.py")[0]
    assert "还没有封过账" in text_of(paper.stranger().get("/c/beishan/checkpoints"))
    assert paper.stranger().get(f"{CHECKPOINTS}?below=x").status_code == 422


def test_the_code_on_the_board_opens_its_seal_also_in_capitals(paper: Paper) -> None:
    browser = paper.stranger()
    redirect = browser.get(f"/C/YITIAN/CHECKPOINTS/{paper.printed}")
    assert redirect.location == f"{CHECKPOINTS}/{paper.printed.lower()}"
    page = browser.get(redirect.location)
    assert "和网上登记的一样" in text_of(page)
    assert "/me/verify?printed=" in page.text
    size = paper.printed.partition("-")[0]
    wrong = browser.get(f"{CHECKPOINTS}/{size}-{'0' * 32}")
    assert (wrong.status_code, "网上没有这个封账号" in text_of(wrong)) == (404, True)
    assert browser.get(f"{CHECKPOINTS}/something").status_code == 404
    assert browser.get(f"/c/beishan/checkpoints/{paper.printed}").status_code == 404


def test_board_and_poster_lead_to_the_seal(paper: Paper) -> None:
    assert CHECKPOINTS in paper.stranger().get("/c/yitian/board").text
    poster = paper.stranger().get("/c/yitian/poster", follow_redirects=True)
    assert "封账号的二维码" in poster.text
    assert "封账号的二维码" not in paper.stranger().get("/c/beishan/poster", follow_redirects=True).text


def test_what_is_public_names_nobody(paper: Paper) -> None:
    browser = paper.stranger()
    text = (
        browser.get(f"{CHECKPOINTS}/entries-0.jsonl").text
        + browser.get(f"{CHECKPOINTS}/checkpoints.jsonl").text
    )
    people = [*paper.village.residents, *(one for some in paper.village.staff.values() for one in some)]
    for person in people:
        assert person.name not in text
        assert str(person.id) not in text
        assert str(person.household_id) not in text
    assert browser.get(f"{CHECKPOINTS}/entries-1.jsonl").status_code == 404
    assert "attachment" in browser.get(f"{CHECKPOINTS}/verify.py").headers["Content-Disposition"]


def test_a_proof_and_a_consistency_are_for_everybody_and_only_of_this_village(paper: Paper) -> None:
    browser, entry = paper.stranger(), paper.do(sealed, paper.village)[3]
    assert browser.get(f"{CHECKPOINTS}/proofs/{entry.id}.json").get_json()["entry"]["position"] == 3
    assert browser.get(f"/c/beishan/checkpoints/proofs/{entry.id}.json").status_code == 404
    view = paper.do(newest, paper.village)
    old = paper.printed.partition("-")[0]
    answer = browser.get(f"{CHECKPOINTS}/consistency.json?from={old}&to={view.size}")
    status, said = paper.verify("--printed", paper.printed, paper.keep(answer.get_json(), "consistency.json"))
    assert (status, "goes on from" in said) == (0, True)
    for wrong in ("from=1&to=2", f"from={view.size}&to={old}", "from=1", f"from=0&to={view.size}"):
        assert browser.get(f"{CHECKPOINTS}/consistency.json?{wrong}").status_code == 404


def test_the_own_check_asks_for_the_mark_and_says_what_to_do_without_a_script(paper: Paper) -> None:
    browser = paper.as_(paper.village.residents[0])
    page = browser.get("/me/verify", query_string={"printed": paper.printed})
    assert f'data-printed="{paper.printed}"' in page.text
    assert "<noscript>" in page.text
    assert f"verify.py --printed {paper.printed} statement.json" in text_of(page)
    assert "verify" in page.text.partition("</head>")[0]
    assert "看不懂这个封账号" in text_of(browser.get("/me/verify?printed=12"))
    assert paper.stranger().get("/me/verify").status_code in (303, 401)
    assert paper.stranger().get("/me/verify/statement.json").status_code in (303, 401)
    saved = browser.get("/me/verify/statement.json?save=1")
    assert "statement.json" in saved.headers["Content-Disposition"]
    stranger = paper.as_(paper.other.residents[0], paper.other)
    assert "还没有封过账" in text_of(stranger.get("/me/verify"))


def test_every_line_of_my_points_leads_to_its_check(paper: Paper) -> None:
    browser = paper.as_(paper.village.residents[0])
    entry = json.loads(browser.get("/me/verify/statement.json").text)["entries"][0]
    page = browser.get(f"/points/entries/{entry['id']}")
    assert f"/me/verify?entry={entry['id']}" in page.text
    there = browser.get(f"/me/verify?entry={entry['id']}")
    assert f"{CHECKPOINTS}/proofs/{entry['id']}.json" in there.text
    assert "data-entry=" not in browser.get("/me/verify?entry=x").text


def test_a_statement_gives_away_nobody_else(paper: Paper) -> None:
    own = paper.village.residents[0]
    statement = paper.as_(own).get("/me/verify/statement.json").text
    staff = [one for some in paper.village.staff.values() for one in some]
    for person in [*paper.village.residents[1:], *staff]:
        assert str(person.id) not in statement
        assert str(person.household_id) not in statement


def test_a_seal_and_a_proof_are_cheap_however_many_there_are(paper: Paper) -> None:
    statements: list[str] = []
    with paper.site.app_context():
        engine = db.engine
    entry = paper.do(sealed, paper.village)[0]
    sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    paper.stranger().get(f"{CHECKPOINTS}/proofs/{entry.id}.json")
    assert len(statements) <= 8
    statements.clear()
    paper.as_(paper.village.residents[0]).get("/me/verify/statement.json")
    assert len(statements) <= 20
    assert paper.do(seal, paper.village) == 0
