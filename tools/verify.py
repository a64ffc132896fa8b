#!/usr/bin/env python3
"""Checks Yitian's daily seals with nothing but Python: no network, no other library, no trust in the site.

    python3 verify.py --printed 1024-ABCD... FILE ...
    python3 -I -S verify.py --printed ... checkpoints.jsonl entries-*.jsonl statement.json

FILE is any of what the site's public page of seals offers: checkpoints.jsonl (signed notes), entries-N.jsonl (every sealed
entry), a statement, the proof of one entry, or a consistency proof. --printed is the mark below the QR code on the printed
board (or the address the code holds), and may be given several times, for boards of several days. --key is the public key
as the board or the operator gave it (name+id+key); without it any key in the files is believed, and named.

Says what holds and what does not, in Chinese and English. Exit status: 0 all holds, 1 something does not, 2 nothing to check.

Formats: RFC 6962 trees, Ed25519 (RFC 8032), signed notes (c2sp.org/signed-note). docs/checkpoints.md tells the rest.
"""

import argparse
import base64
import hashlib
import json
import sys

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", " ": None, "\u3000": None})
SHORTEST_MARK, MARK_LENGTH = 16, 32


# RFC 6962 -----------------------------------------------------------------------------------------------------------


def sha(data):
    return hashlib.sha256(data).digest()


def leaf_hash(line):
    return sha(b"\x00" + line)


def node_hash(left, right):
    return sha(b"\x01" + left + right)


class Tree:
    """Grows leaf by leaf; remembers only its right edge."""

    def __init__(self):
        self.size, self._edge = 0, []

    def append(self, leaf):
        index, value = self.size, leaf
        while index & 1:
            value, index = node_hash(self._edge.pop(), value), index >> 1
        self._edge.append(value)
        self.size += 1

    def root(self):
        value = self._edge[-1]
        for one in reversed(self._edge[:-1]):
            value = node_hash(one, value)
        return value


def root_of_inclusion(leaf, index, size, proof):
    if not 0 <= index < size:
        return None
    at, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            value = node_hash(sibling, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        at, last = at >> 1, last >> 1
    return value if last == 0 else None


def is_consistent(old, new, old_root, new_root, proof):
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


# Ed25519, RFC 8032 5.1.7 and the code of its chapter 6 ---------------------------------------------------------------

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point, number = add(point, point), number >> 1
    return result


def is_equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point_of(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of(((4 * pow(5, P - 2, P)) % P).to_bytes(32, "little"))


def is_signed(public, text, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, half, s = point_of(public), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or half is None or s >= Q:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % Q
    return is_equal(times(s, BASE), add(half, times(challenge, key)))


# Notes and marks -----------------------------------------------------------------------------------------------------


class Note:
    """A checkpoint whose signature is good. ValueError for any other."""

    def __init__(self, note, key):
        name, _, encoded = key.split("+", 2)
        kind, public = (raw := base64.b64decode(encoded, validate=True))[:1], raw[1:]
        text, _, signatures = note.partition("\n\n")
        text += "\n"
        lines = text.split("\n")
        start = "\u2014 " + name + " "
        wanted = sha(name.encode() + b"\n" + kind + public)[:4]
        for line in signatures.splitlines():
            if line.startswith(start):
                raw = base64.b64decode(line[len(start) :], validate=True)
                if raw[:4] == wanted and is_signed(public, text.encode(), raw[4:]):
                    break
        else:
            raise ValueError("no good signature")
        self.origin, self.size, self.root, self.when, self.key = (
            lines[0],
            int(lines[1]),
            decoded(lines[2]),
            lines[3],
            encoded,
        )
        if self.size < 1 or len(self.root) != 32:
            raise ValueError("no checkpoint")


def decoded(text):
    return base64.b64decode(text, validate=True)


def letters_of(root):
    number = int.from_bytes(root[: MARK_LENGTH * 5 // 8], "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range((MARK_LENGTH - 1) * 5, -1, -5))


def read_mark(text):
    text = text.strip().split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    size, _, letters = text.partition("-")
    letters = letters.replace("-", "").upper().translate(LOOK_ALIKES)
    if (
        not size.strip().isdigit()
        or not SHORTEST_MARK <= len(letters) <= MARK_LENGTH
        or set(letters) - set(ALPHABET)
    ):
        raise SystemExit(f"看不懂封账号 / not a mark: {text}")
    return int(size), letters


# What was found ------------------------------------------------------------------------------------------------------


class Findings:
    """Collects what holds and what does not."""

    def __init__(self):
        self.good, self.bad = [], []

    def say(self, holds, zh, en):
        (self.good if holds else self.bad).append(f"{zh} / {en}")
        return holds

    def print(self):
        for line in self.good:
            print("  ✓ " + line)
        for line in self.bad:
            print("  ✗ " + line)
        if not self.good and not self.bad:
            print("没有可以核对的 / Nothing to check")
            return 2
        print("有对不上的地方 / Something does not hold" if self.bad else "全部对得上 / All of it holds")
        return 1 if self.bad else 0


class Verifier:
    """What the files say about one site, held against the printed marks and the key."""

    def __init__(self, marks, key):
        self.found, self.marks, self.key = Findings(), marks, key
        self.notes, self.keys, self.entries = {}, set(), {}
        self.linked, self.documents = set(), []

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        try:
            objects = [json.loads(text)]
        except ValueError:
            try:
                objects = [json.loads(line) for line in text.splitlines() if line.strip()]
            except ValueError:
                self.found.say(False, f"{path} 读不出来", f"{path} cannot be read")
                return
        for one in objects:
            try:
                self.take(one)
            except (ValueError, KeyError, TypeError, AttributeError):
                self.found.say(False, f"{path} 里有一条的格式不对", f"{path} holds something malformed")

    def take(self, one):
        if "format" in one:
            for name in ("checkpoint", "old", "new", "printed"):
                if one.get(name) and one[name].get("note"):
                    self.note(one[name])
            self.documents.append(one)
        elif "note" in one:
            self.note(one)
        else:
            if one["position"] in self.entries:
                self.found.say(
                    False, f"第 {one['position']} 条有两份", f"entry {one['position']} comes twice"
                )
            self.entries[one["position"]] = one

    def note(self, one):
        try:
            note = Note(one["note"], one["key"])
        except (ValueError, KeyError, IndexError):
            self.found.say(
                False,
                f"封账 {one.get('size')} 的签名不对",
                f"the signature of seal {one.get('size')} is not good",
            )
            return None
        self.keys.add(one["key"])
        if self.key and self.key.split("+", 2)[-1] != note.key:
            self.found.say(
                False, f"封账 {note.size} 是别的钥匙签的", f"seal {note.size} is signed with another key"
            )
        before = self.notes.setdefault(note.size, note)
        if before.root != note.root:
            self.found.say(
                False, f"封账 {note.size} 有两个样子", f"there are two different seals of {note.size} entries"
            )
        return note

    def check(self):
        if self.entries:
            self.check_entries()
        for one in self.documents:
            try:
                {
                    "yitian-statement/1": self.statement,
                    "yitian-entry/1": self.entry,
                    "yitian-consistency/1": self.consistency,
                }[one["format"]](one)
            except (ValueError, KeyError, TypeError, AttributeError):
                self.found.say(False, "有一份文件的格式不对", "one file is malformed")
        self.check_marks()
        if self.notes:
            kinds = sorted({key.split("+", 2)[-1] for key in self.keys})
            self.found.say(
                True, f"签名对：{len(self.notes)} 次封账", f"signatures are good: {len(self.notes)} seals"
            )
            if not self.key:
                self.found.say(
                    True, "公钥没有另外核对：" + ", ".join(kinds), "the public key was taken from the files"
                )
        return self.found.print()

    def check_entries(self):
        """Every entry from the first on: each line made its leaf, each root came out, nothing missing."""
        tree, changed, marks = Tree(), 0, {size for size, _ in self.marks}
        wanted, last, self.roots = set(self.notes) | marks, max(self.entries), {}
        while (one := self.entries.get(tree.size)) is not None:
            if not self.line_holds(one):
                changed += 1
            tree.append(leaf_hash((one["line"] or "").encode()))
            if tree.size in wanted:
                self.roots[tree.size] = tree.root()
        most = max([last + 1, *self.notes])
        complete = self.found.say(
            tree.size == most, f"第 0 到 {most - 1} 条都在" if tree.size == most else f"缺第 {tree.size} 条",
            f"entries 0 to {most - 1} are all there" if tree.size == most else f"entry {tree.size} is missing",
        )  # fmt: skip
        if complete and not changed:
            self.found.say(
                True,
                f"{most} 条都重新算过，和封账时一样",
                f"{most} entries, each computed anew, are as they were sealed",
            )
        for size, note in sorted(self.notes.items()):
            if size in self.roots:
                same = self.roots[size] == note.root
                if not same:
                    self.found.say(
                        False,
                        f"前 {size} 条和 {note.when} 的封账不一样",
                        f"the first {size} entries are not those sealed at {note.when}",
                    )
        if (
            complete
            and all(self.roots.get(size) == note.root for size, note in self.notes.items())
            and self.notes
        ):
            self.found.say(
                True, f"和 {len(self.notes)} 次封账都相符", f"they agree with all {len(self.notes)} seals"
            )

    def line_holds(self, one):
        name = f"{one['kind']} {one['id']}"
        if one["line"] is None:
            return self.found.say(
                False,
                f"第 {one['position']} 条 {name} 被删掉了",
                f"entry {one['position']} {name} was removed",
            )
        if leaf_hash(one["line"].encode()) != decoded(one["hash"]):
            return self.found.say(
                False,
                f"第 {one['position']} 条 {name} 和封账时不一样",
                f"entry {one['position']} {name} is not as it was sealed",
            )
        return self.openings_hold(one)

    def openings_hold(self, one):
        """Shown words and people are those the line commits to."""
        facts = json.loads(one["line"])
        for field, opening in one["open"].items():
            mac = sha(decoded(opening["key"]) + opening["value"].encode())
            if facts.get(field) != base64.b64encode(mac).decode():
                return self.found.say(
                    False,
                    f"第 {one['position']} 条的{field}和封账时不一样",
                    f"{field} of entry {one['position']} is not as it was sealed",
                )
        return True

    def proven(self, one, note):
        root = root_of_inclusion(
            leaf_hash(one["line"].encode()),
            one["position"],
            note.size,
            [decoded(step) for step in one["proof"]],
        )
        return root == note.root

    def entry(self, document):
        one, note = document["entry"], self.notes.get(document["checkpoint"]["size"])
        if note and self.line_holds(one):
            self.found.say(
                self.proven(one, note),
                f"第 {one['position']} 条在 {note.when} 的封账里：{one['line']}",
                f"entry {one['position']} is in the seal of {note.when}",
            )
            self.linked.add(note.size)

    def consistency(self, document):
        old, new = (self.notes.get(document[name]["size"]) for name in ("old", "new"))
        self.link(old, new, document["proof"])

    def link(self, old, new, proof):
        if old and new:
            holds = is_consistent(old.size, new.size, old.root, new.root, [decoded(step) for step in proof])
            self.found.say(
                holds,
                f"{new.size} 条的封账接着 {old.size} 条的",
                f"the seal of {new.size} goes on from that of {old.size}",
            )
            if holds:
                self.linked |= {old.size, new.size}

    def statement(self, document):
        note = self.notes.get((document["checkpoint"] or {}).get("size"))
        if document["checkpoint"] is None or note is None:
            self.found.say(False, "这份清单还没有封过账", "this statement has no seal")
            return
        self.linked.add(note.size)
        if document["printed"]:
            printed = document["printed"]
            old = self.notes.get(printed.get("size")) if printed["note"] else None
            if self.found.say(
                old is not None, "公示栏上印的封账在网上", "the printed seal is on the site's list"
            ):
                self.link(old, note, printed["proof"])
        rows = [self.own_line(one, note, document["owner"]) for one in document["entries"]]
        if None in rows:
            return
        self.found.say(True, f"{len(rows)} 笔都和封账时一样", f"{len(rows)} lines are as they were sealed")
        later = [(one["no"], one["points"]) for one in document["later"]]
        numbers = sorted(number for number, _ in rows + later)
        self.found.say(
            numbers == list(range(1, len(numbers) + 1)),
            f"从第 1 笔到第 {len(numbers)} 笔，一笔不缺",
            f"no line is missing from 1 to {len(numbers)}",
        )
        balance = document["balance"]
        total = sum(points for _, points in rows + later) + sum(one["points"] for one in document["arrived"])
        claimed = balance["available"] + balance["held"] + balance["lapsed"]
        self.found.say(
            total == claimed,
            f"加起来 {total} 分，清单上写 {claimed} 分",
            f"the lines add up to {total}, the statement says {claimed}",
        )
        if later or document["arrived"]:
            self.found.say(
                True,
                f"其中 {len(later) + len(document['arrived'])} 笔还没有封账",
                "of these, some are not sealed yet",
            )

    def own_line(self, one, note, owner):
        """Number and points of a line of the owner's; None when it does not hold."""
        if not self.line_holds(one):
            return None
        if not self.proven(one, note):
            self.found.say(
                False, f"第 {one['position']} 条不在封账里", f"entry {one['position']} is not in the seal"
            )
            return None
        facts = json.loads(one["line"])
        mine = [side for side in ("from", "to") if one["open"].get(side + "_who", {}).get("value") == owner]
        if (
            facts["kind"] != "transfer"
            or facts["move"] not in ("posted", "post")
            or len(mine) != 1
            or facts["unit"] != "points"
        ):
            self.found.say(
                False,
                f"第 {one['position']} 条不是这一户的",
                f"entry {one['position']} is not this household's",
            )
            return None
        return facts[mine[0] + "_no"], facts["amount"] if mine[0] == "to" else -facts["amount"]

    def check_marks(self):
        """Each printed mark is a seal of these files: read, computed from the entries, or linked by a proof."""
        roots = getattr(self, "roots", {})
        for size, letters in self.marks:
            root = roots.get(size) or (self.notes[size].root if size in self.notes else None)
            if root is None:
                self.found.say(
                    False, f"文件里没有 {size} 条的封账", f"the files hold no seal of {size} entries"
                )
                continue
            same = letters_of(root).startswith(letters)
            self.found.say(
                same,
                f"{size} 条的封账和公示栏上印的{'一样' if same else '不一样'}",
                f"the seal of {size} entries is {'' if same else 'not '}the printed one",
            )
            if same and size not in roots and size not in self.linked:
                self.found.say(
                    False,
                    f"{size} 条的封账没有证明和别的相连",
                    f"nothing links the seal of {size} to the rest",
                )


def main(words=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--printed", action="append", default=[], metavar="MARK")
    parser.add_argument("--key", metavar="NAME+ID+KEY")
    given = parser.parse_args(words)
    verifier = Verifier([read_mark(text) for text in given.printed], given.key)
    for path in given.files:
        verifier.read(path)
    return verifier.check()


if __name__ == "__main__":
    sys.exit(main())
