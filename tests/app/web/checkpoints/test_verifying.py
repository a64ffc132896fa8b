"""Nobody's word is needed: the verifier and the phone find every change with the exported files and the printed board."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.config import ROOT
from app.database import db
from app.seal_key import seal_key
from points.checkpoints.merkle import Edge, leaf_hash
from points.checkpoints.notes import Head, Signer
from points.checkpoints.queries import checkpoints
from tests.app.web.checkpoints.paper import Paper, on_the_phone
from tests.points.checkpoints.sealing import Past, newest, sealed


def an_award(paper: Paper) -> Any:
    """A sealed award that the Sunday's board covers."""
    return next(
        one for one in paper.do(sealed, paper.village, "transfer") if '"code":"award"' in one.line.text
    )


def test_everything_public_agrees_with_the_board_until_a_record_is_changed(books: Paper, past: Past) -> None:
    status, said = books.audit()
    assert (status, "全部对得上 / All of it holds" in said) == (0, True), said
    assert "the printed one" in said
    entry = an_award(books)
    past.run("UPDATE transfer SET amount = amount + 50 WHERE id = :id", id=entry.id)
    status, said = books.audit()
    assert (status, f"entry {entry.position} transfer {entry.id} is not as it was sealed" in said) == (
        1,
        True,
    )
    past.run("UPDATE transfer SET amount = amount - 50 WHERE id = :id", id=entry.id)
    decision = books.do(sealed, books.village, "decision")[0]
    past.run("UPDATE agenda_item SET votes_for = votes_for + 1 WHERE id = :id", id=decision.id)
    act = books.do(sealed, books.village, "act")[0]
    past.run("UPDATE admin_act SET reason = '别的' WHERE id = :id", id=act.id)
    removed = books.do(sealed, books.village, "act")[-1]
    past.run("DELETE FROM admin_act WHERE id = :id", id=removed.id)
    status, said = books.audit()
    assert status == 1
    for one, what in (
        (decision, "is not as it was sealed"),
        (act, "is not as it was sealed"),
        (removed, "was removed"),
    ):
        assert f"entry {one.position} {one.kind} {one.id} {what}" in said


def test_a_history_rewritten_hash_by_hash_and_signed_anew_is_caught_by_the_board(
    books: Paper, past: Past
) -> None:
    """The worst case: whoever seals also changes a record, every hash, every note, and has the key."""
    entry = an_award(books)
    past.run("UPDATE transfer SET amount = amount + 50 WHERE id = :id", id=entry.id)
    books.do(forge, books, past)
    assert books.do(newest, books.village).mark != books.printed
    status, said = books.verify(*[books.public(name) for name in ("checkpoints.jsonl", "entries-0.jsonl")])
    assert (status, "All of it holds" in said) == (0, True), said  # nothing inside contradicts itself
    status, said = books.audit()
    assert (status, "is not the printed one" in said) == (1, True)
    statement = books.statement(books.printed)
    assert statement["printed"]["note"] is None
    status, said = books.verify("--printed", books.printed, books.keep(statement, "statement.json"))
    assert status == 1
    assert on_the_phone([{"statement": statement, "mark": books.printed}])[0]["checks"]["printed"] is False


def forge(books: Paper, past: Past) -> None:
    """Leaves, nodes and notes to fit the records as they are now."""
    signer, edge, session = signer_of(books), Edge(), db.session()
    notes = {one.size: one for one in checkpoints(session, books.village.community_id)}
    session.rollback()
    of = {"community": books.village.community_id}
    for one in sealed(books.village):
        value = leaf_hash(one.line.text.encode())
        past.run("UPDATE sealed_leaf SET hash = :hash WHERE id = :id", hash=value, id=one.id)
        for (level, index), inner in edge.append(value):
            past.run("UPDATE sealed_node SET hash = :hash WHERE community_id = :community AND level = :level "
                     "AND position = :index", hash=inner, level=level, index=index, **of)  # fmt: skip
        if edge.size in notes:
            head = Head(signer.origin, edge.size, edge.root(), notes[edge.size].sealed_at)
            past.run("UPDATE checkpoint SET root = :root, note = :note WHERE community_id = :community AND size = :size",
                     root=head.root, note=signer.sign(head), size=edge.size, **of)  # fmt: skip


def signer_of(books: Paper) -> Signer:
    """Whoever has the key of the site."""
    return Signer("yitian/c/yitian", seal_key(books.site.config["SEAL_KEY_FILE"]))


def test_a_statement_is_checked_by_the_phone_and_by_the_verifier_alike(paper: Paper) -> None:
    statement = paper.statement(paper.printed)
    (found,) = on_the_phone([{"statement": statement, "mark": paper.printed}])
    assert found["verdict"] == "good", found
    facts = found["facts"]
    assert (facts["count"], facts["last"], facts["points"], facts["held"], facts["later"]) == (2, 2, 18, 4, 0)
    status, said = paper.verify("--printed", paper.printed, paper.keep(statement, "statement.json"))
    assert (status, "All of it holds" in said) == (0, True), said


def changed(statement: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    copy = deepcopy(statement)
    change(copy)
    return copy


def raise_amount(statement: dict[str, Any]) -> None:
    """The line says more, and so does the balance."""
    entry = statement["entries"][0]
    line = json.loads(entry["line"])
    entry["line"] = entry["line"].replace(f'"amount":{line["amount"]}', f'"amount":{line["amount"] + 1}')
    statement["balance"]["available"] += 1


def leave_out_a_line(statement: dict[str, Any]) -> None:
    """A gain is gone, and the balance is less."""
    line = json.loads(statement["entries"].pop(0)["line"])
    statement["balance"]["available"] -= line["amount"]


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "lines": raise_amount,
    "own": leave_out_a_line,
    "sum": lambda statement: statement["balance"].update(available=99),
    "signature": lambda statement: statement["checkpoint"].update(
        note=statement["checkpoint"]["note"].replace("\n", "\n1", 1)
    ),
    "printed": lambda statement: statement["printed"].update(
        proof=statement["printed"]["proof"][::-1] or ["AAAA"]
    ),
}


def test_whatever_is_changed_in_a_statement_shows_on_the_phone_and_at_the_computer(paper: Paper) -> None:
    statement = paper.statement(paper.printed)
    cases = {name: changed(statement, change) for name, change in CHANGES.items()}
    results = on_the_phone([{"statement": one, "mark": paper.printed} for one in cases.values()])
    for name, found in zip(cases, results, strict=True):
        assert (found["verdict"], found["checks"][name]) == ("bad", False), name
        status, said = paper.verify("--printed", paper.printed, paper.keep(cases[name], f"{name}.json"))
        assert (status, "Something does not hold" in said) == (1, True), name


def test_another_households_line_and_another_villages_statement_do_not_pass(paper: Paper) -> None:
    statement = paper.statement()
    other = paper.as_(paper.village.residents[1]).get("/me/verify/statement.json").get_json()
    foreign = changed(statement, lambda one: one["entries"].append(other["entries"][0]))
    renamed = changed(other, lambda one: one.update(owner=statement["owner"]))
    wrong_mark = {"statement": paper.statement(), "mark": paper.printed}
    results = on_the_phone([{"statement": foreign}, {"statement": renamed}, wrong_mark])
    assert [one["verdict"] for one in results] == ["bad", "bad", "bad"]
    assert on_the_phone([{"statement": statement}])[0]["verdict"] == "unprinted"


def test_one_entry_is_proven_alone(paper: Paper) -> None:
    entry = an_award(paper)
    answer = paper.stranger().get(f"/c/yitian/checkpoints/proofs/{entry.id}.json").get_json()
    wrong = changed(
        answer, lambda one: one["entry"].update(line=one["entry"]["line"].replace('"amount":9', '"amount":8'))
    )
    results = on_the_phone([
        {"entry": answer, "id": str(entry.id)}, {"entry": answer, "id": "another"}, {"entry": wrong, "id": str(entry.id)},
    ])  # fmt: skip
    assert [one["entry"] for one in results] == [True, False, False]
    assert paper.verify(paper.keep(answer, "entry.json"))[0] == 0
    assert paper.verify(paper.keep(wrong, "entry.json"))[0] == 1


def test_the_verifier_needs_no_more_than_it_says_and_says_when_there_is_nothing(paper: Paper) -> None:
    key = json.loads((paper.folder / paper.public("checkpoints.jsonl")).read_text().splitlines()[0])["key"]
    assert paper.audit("--key", key)[0] == 0
    other = "+".join([*key.split("+", 2)[:2], "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/AbCdEf"])
    assert paper.audit("--key", other)[0] == 1
    paper.keep({}, "empty.json")
    assert paper.verify("empty.json")[0] == 1
    (paper.folder / "nothing.jsonl").write_text("")
    assert paper.verify("nothing.jsonl")[0] == 2
    imports = [
        line
        for line in (ROOT / "tools/verify.py").read_text().splitlines()
        if line.startswith(("import", "from"))
    ]
    assert imports == [f"import {name}" for name in ("argparse", "base64", "hashlib", "json", "sys")]


# RFC 8032, chapter 7.1: secret keys are not needed here; public key, message, signature.
RFC_8032 = (
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
)  # fmt: skip


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_verifiers_own_signatures_are_those_of_the_rfc(public: str, message: str, signature: str) -> None:
    names: dict[str, Any] = {"__name__": "verify"}
    exec(compile((ROOT / "tools/verify.py").read_text(), "verify.py", "exec"), names)
    good = [bytes.fromhex(text) for text in (public, message, signature)]
    assert names["is_signed"](*good)
    assert not names["is_signed"](good[0], good[1] + b"x", good[2])
    assert not names["is_signed"](good[0], good[1], good[2][:-1] + b"\x20")
