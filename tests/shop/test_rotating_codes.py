"""The rotating code: made by the phone alone, good for a minute, and only from the phone that holds the key."""

import json
import random
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import ROOT
from points.codes import read_code
from shop.codes.rotating import is_fresh, is_genuine, member_code, read_member_code

NOW = datetime(2026, 9, 7, 1, 0, 5, tzinfo=UTC)
KEY, OTHER = bytes(range(32)), bytes(32)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(-30, 50))
def test_a_code_is_read_at_any_counter_whose_clock_is_nearly_right(at, seconds):
    code = member_code("ABCDEFG", KEY, at)
    assert read_code(code) == code
    read_at = at + timedelta(seconds=seconds)
    found = read_member_code(f"HTTPS://X.EXAMPLE/M/{code}", read_at)
    assert found.handle == "ABCDEFG"
    assert is_genuine(found, KEY)
    assert not is_genuine(found, OTHER)
    assert is_fresh(found, read_at.timestamp()) == (
        found.step * 20 - 30 <= read_at.timestamp() <= found.step * 20 + 60
    )


@pytest.mark.parametrize(
    ("late", "good"), [(0, True), (40, True), (55, True), (56, False), (-25, True), (-36, False)]
)
def test_a_screenshot_is_worthless_after_a_minute(late, good):
    code = member_code("ABCDEFG", KEY, NOW)  # its step began at 1:00:00
    at = NOW + timedelta(seconds=late)
    assert is_fresh(read_member_code(code, at), at.timestamp()) is good


def test_every_step_has_a_code_of_its_own_and_a_changed_letter_is_seen():
    codes = {member_code("ABCDEFG", KEY, NOW + timedelta(seconds=20 * n)) for n in range(500)}
    assert len(codes) == 500
    code = member_code("ABCDEFG", KEY, NOW)
    assert read_member_code(code[:12] + ("0" if code[12] != "0" else "1") + code[13:], NOW) is None
    assert read_member_code("no code at all", NOW) is None


def test_the_phones_own_script_makes_the_very_same_codes():
    chance = random.Random(4)
    cases = [
        ("".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=7)), chance.randbytes(32).hex(),
         chance.randrange(4_000_000_000))
        for _ in range(200)
    ]  # fmt: skip
    done = subprocess.run(
        [ROOT / "tools/with_node.sh", "node", "tests/tooling/member_codes.mjs"],
        cwd=ROOT, input=json.dumps(cases), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ours = [
        member_code(handle, bytes.fromhex(key), datetime.fromtimestamp(at, UTC)) for handle, key, at in cases
    ]
    assert json.loads(done.stdout) == ours
