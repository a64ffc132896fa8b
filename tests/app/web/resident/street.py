"""A street of the village on a Monday morning: who lives there, what they have, and what their browsers send."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from datetime import datetime

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.database import db
from app.identity.passwords import SetPassword, set_password
from app.transaction import transact
from points.ledger.operations import account_id_of
from points.ledger.policy import WalletView
from points.ledger.queries import wallet
from points.people.intake import ImportRoster, import_roster
from points.people.queries import MemberBrief, members_of_household
from points.people.roster import RosterRow
from points.records.queries import RecordLine, records_of_household
from tests.app.web.review.hall import Hall
from tests.builders import MONDAY, PASSWORD_HASH, Village

# What may stand in a form instead of a whole number; an Arabic three and a Chinese one among it.
NO_AMOUNTS = ("1.5", "-3", "٣", "1e9", "一", "0x2")
SPOUSE_PHONE = "13700000001"


@dataclass
class Street(Hall):
    """``rich`` (20 points) and ``spouse`` share a household, ``neighbour`` (10 points) and ``poor`` (none) live alone."""

    spouse: MemberBrief

    @property
    def rich(self) -> MemberBrief:
        """Has 20 points."""
        return self.village.residents[0]

    @property
    def neighbour(self) -> MemberBrief:
        """Has 10 points, and no business with the others."""
        return self.village.residents[1]

    @property
    def poor(self) -> MemberBrief:
        """Has nothing yet."""
        return self.village.residents[2]

    def staff(self, role: str) -> FlaskClient:
        """The browser of the first holder of a role."""
        return self.as_(self.village.one(role))

    def far_away(self, role: str = "") -> FlaskClient:
        """The browser of somebody of the other village."""
        person = self.other.one(role) if role else self.other.residents[0]
        return self.as_(person, self.other)

    def purse(self, member: MemberBrief, at: datetime = MONDAY) -> WalletView:
        """What the member's household has."""

        def read(session: Session) -> WalletView:
            account = account_id_of(session, self.village.community_id, "household", member.household_id)
            return wallet(session, self.village.community_id, account, now=at, today=at.date()).view

        return self.ask(read)

    def records(self, member: MemberBrief, at: datetime = MONDAY) -> list[RecordLine]:
        """What the member's household reported since the morning, newest first."""
        found = self.ask(
            records_of_household, self.village.community_id, member.household_id, now=at, limit=50
        )
        return [line for line in found if line.filed_at >= MONDAY]


def given_spouse(village: Village, member: MemberBrief) -> MemberBrief:
    """Somebody who lives with the member and can sign in."""
    row = RosterRow(
        2,
        member.household_number,
        member.grid,
        None,
        "李家人",
        "配偶",
        "male",
        1961,
        SPOUSE_PHONE,
        False,
        None,
    )
    transact(import_roster, ImportRoster(village.community_id, None, (row,)))
    family = members_of_household(db.session(), village.community_id, member.household_id)
    db.session.rollback()
    (spouse,) = [person for person in family if person.id != member.id]
    transact(set_password, SetPassword(village.community_id, spouse.id, PASSWORD_HASH, must_change=False))
    return spouse


def a_photo(colour: str = "green") -> tuple[io.BytesIO, str]:
    """A small picture as a phone sends it; each colour is another one."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    out.seek(0)
    return out, f"{colour}.jpg"


def words(answer: TestResponse) -> str:
    """What the middle of a page says, without its tags; several blanks are one."""
    main = answer.text.partition('<main id="main"')[2] or answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.partition("</main>")[0])).split())


def value_of(answer: TestResponse, name: str) -> list[str]:
    """The values that a page's inputs of this name carry."""
    inputs = re.findall(r"<input\b[^>]*>", answer.text)
    return [
        html.unescape(found[1]) for tag in inputs
        if f'name="{name}"' in tag and (found := re.search(r'value="([^"]*)"', tag))
    ]  # fmt: skip


def typed_area(answer: TestResponse, name: str) -> str:
    """What stands in a page's large field."""
    return html.unescape(
        re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n(.*?)</textarea>', answer.text, re.S)[1]
    )


def checked(answer: TestResponse, name: str) -> list[str]:
    """Which of a page's choices are ticked."""
    inputs = re.findall(r"<input\b[^>]*\bchecked\b[^>]*>", answer.text)
    return [re.search(r'value="([^"]*)"', tag)[1] for tag in inputs if f'name="{name}"' in tag]


def links(answer: TestResponse, part: str) -> list[str]:
    """Addresses in the middle of a page that hold ``part``."""
    main = answer.text.partition('<main id="main"')[2]
    found = [html.unescape(url) for url in re.findall(r'href="([^"]+)"', main)]
    return list(dict.fromkeys(url for url in found if part in url))


def flashed(browser: FlaskClient) -> str:
    """The messages that the next page will show."""
    with browser.session_transaction() as cookie:
        return " ".join(str(text) for _category, text in cookie.get("_flashes", []))
