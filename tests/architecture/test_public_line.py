"""No change by those who administer goes past the public line: an operation writes an act, or says here why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.test_floors import FLOORS, trees

OWN = "people about themselves and their own things"
CASE = "nothing of a case is public: the person, the panel and the supervisor read its history"
DRAFT = "a draft is not in force; its beginning, adoption or end is told"
REPORT = "a report changes no book; the review of it is public"
REVIEW = "a step of a session: the minutes and the board tell it"
GIVEN = "what somebody paid or left a deposit for is handed over the counter; the registers tell it"
SETTLING = "adds up what is booked; the statement is told when both sides have signed"
TIME = "what time has done, written down; nobody decides anything"

SLIP = "a slip moves no goods until it is signed; the register tells what came, and the line what is missing"

SILENT = {
    "found_community": "nobody is here yet; what follows (roster, roles, rules, budget) is told",
    "enter_delivery": SLIP, "save_donor": SLIP, "reject_delivery": SLIP, "begin_take": SLIP, "count_item": SLIP,
    "explain_line": SLIP,
    "file_record": REPORT, "add_evidence": REPORT, "withdraw_record": OWN, "object_to_notice": OWN,
    "add_phone": OWN, "forget_phone": OWN, "decline_request": OWN,
    "ask_resident": "nothing is booked before the resident's word",
    "place_order": OWN, "cancel_order": OWN, "set_password": OWN, "sign_out_everywhere": OWN, "issue_token": OWN,
    "fill_basket": OWN, "take_out": OWN, "order_again": OWN, "move_order": OWN,
    "prepare_order": "packing an order changes nobody's rights; its household reads that it is packed",
    "call_session": REVIEW, "convene_session": REVIEW, "open_session": REVIEW, "join_session": REVIEW,
    "show_item": REVIEW, "open_due_session": TIME, "note_arrival": REVIEW, "note_attendance": REVIEW,
    "key_tally": REVIEW, "both": "a step of the operation it wraps, which tells itself", "file_appeal": OWN,
    "put_draft_item": DRAFT, "remove_draft_item": DRAFT, "correct_award": "its caller answers a doubt and tells that",
    "enter_paper_ballot": REVIEW, "link_duplicate": REVIEW, "cast_ballot": REVIEW, "question_item": REVIEW,
    "close_session": REVIEW,
    "open_case": CASE, "hand_over_letter": CASE, "reply_to_case": CASE, "drop_case": CASE, "post_deduction": CASE,
    "appeal_deduction": CASE,
    "seal_entries": TIME, "sign_checkpoint": TIME,
    "note_visit": "what a visit found is counted in public by the month",
    "enrol_device": "its invitation is told", "note_seen": TIME,
    "use_voucher": GIVEN, "lend_item": GIVEN, "give_points": OWN, "thank_for_gift": OWN,
    "propose_care": "nothing is in force before a second person confirms, and that is told",
    "give_care": "told in sums by the month, so that nobody is known by a line of the list", "drop_old_care": TIME,
    "reserve_allowances": "a portion of a run; tell_reserved tells the whole run",
    "open_helping": OWN, "close_helping": OWN,
    "ask_back": OWN, "take_snapshot": "a phone reads what it may do; what it gives back is the owners' own",
    "draw_statement": SETTLING, "begin_shift": SETTLING, "end_shift": SETTLING, "close_day": SETTLING,
    "countersign_day": SETTLING, "enter_funds": "money counts, and is told, when the supervisor has confirmed it",
    "fold_prices": TIME, "make_wish": OWN, "back_wish": OWN,
    "drop_orphan_evidence": TIME, "settle_due": TIME, "release_lapsed_orders": TIME, "expire_wallet": TIME,
}  # fmt: skip


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function with the module it stands in; pages only hand commands on."""
    for path, tree in trees(*FLOORS):
        if path.as_posix().startswith(("app/web", "app/api", "app/demo")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                yield path.as_posix(), node


def is_operation(node: ast.FunctionDef) -> bool:
    """``verb_noun(session, command, *, now)``."""
    names = [argument.arg for argument in node.args.args]
    return (
        names[:2] == ["session", "command"] and len(names) == 2 and not node.name.startswith("_")
        and [argument.arg for argument in node.args.kwonlyargs] == ["now"]
    )  # fmt: skip


def full_name(path: str, name: str) -> str:
    """A private function's name says nothing outside its module."""
    return f"{path}:{name}" if name.startswith("_") else name


def called_in(path: str, node: ast.FunctionDef) -> set[str]:
    """Names of the functions that are called."""
    return {full_name(path, ast.unparse(one.func)) for one in ast.walk(node) if isinstance(one, ast.Call)}


def writers() -> set[str]:
    """Functions that write an act, themselves or through what they call."""
    calls = {}
    for path, node in functions():
        calls.setdefault(full_name(path, node.name), set()).update(called_in(path, node))
    found = {"write_act"}
    while True:
        more = {name for name, called in calls.items() if called & found} - found
        if not more:
            return found
        found |= more


def test_every_operation_is_on_the_public_line_or_says_why_not():
    operations = {node.name: path for path, node in functions() if is_operation(node)}
    silent = operations.keys() - writers()
    assert len(operations) > 40
    assert {name: operations[name] for name in silent - SILENT.keys()} == {}


def test_nothing_on_the_list_of_exceptions_is_out_of_date():
    operations = {node.name for _path, node in functions() if is_operation(node)}
    assert SILENT.keys() - (operations - writers()) == set()
