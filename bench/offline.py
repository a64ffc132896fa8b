"""A shop phone without network: the size of its list with 10,000 codes, the time from the loss of the network to the kept
page and from its return to the counter, and the time from the frame that showed a code to the slip that says what to hand
over, in Chromium with the network off."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page

from app import clock
from app.database import db
from app.demo.cast import SIGN_INS
from app.snapshot_key import signed
from app.transaction import transact
from bench.report import Goal, Rounds, headline
from bench.scanner import VERDICTS, sign_in
from bench.site import close_site, new_site, serve
from bench.weight import load_demo
from points.codes import check_character
from points.people.models import Member, Role
from shop.codes.rotating import DAY_SECONDS
from shop.devices.operations import EnrolDevice, InviteDevice, enrol_device, invite_device
from shop.devices.queries import open_invite
from shop.offline.policy import code_mark
from tests.support.chromium import PHONE, Chromium, open_chromium
from tests.support.fake_camera import qr_picture, write_fake_camera

ORDERS, CARDS, PHONES, CLOSED = 5_000, 2_500, 1_000, 1_500
MOST_MB, MOST_MS, MOST_SECONDS = 5, 100, 3
KEY = "01a2044b-83dd-71e0-86f0-30ed5ec00cc5"
SHOWN = 600  # the order before the camera
FORGOTTEN = 3.6  # seconds out of sight after which the same code is told again

# Puts a list into the phone's store, as the page itself would.
_KEEP = """async (parcel) => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const base = await done(indexedDB.open("yitian-counter"));
  const key = await done(base.transaction("things").objectStore("things").get("key"));
  for (const [name, value] of [["snapshot", parcel], ["signature", parcel.signature]]) {
    const iv = crypto.getRandomValues(new Uint8Array(12)), text = new TextEncoder().encode(JSON.stringify(value));
    const data = await crypto.subtle.encrypt({name: "AES-GCM", iv}, key, text);
    await done(base.transaction("things", "readwrite").objectStore("things").put({iv, data}, name));
  }
  base.close();
}"""

# When the frame left for the reader in which the code was found, when its text came, and when the slip was painted.
_WATCH = """() => {
  const marks = (window.marks = {}), sent = [], post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (!this.watched) this.addEventListener("message", ({data}) => {
      if (!("found" in data)) return;
      const at = sent.shift();
      if (data.found) marks.frame ??= at;
    });
    this.watched = true;
    if (message.frame) sent.push(performance.now());
    return post.call(this, message, ...rest);
  };
  addEventListener("scan", () => { marks.text ??= performance.now(); }, true);
  addEventListener("DOMContentLoaded", () => {
    const slip = document.querySelector("[data-slip]");
    if (!slip) return;
    const painted = () => { if (!slip.hidden) marks.painted ??= performance.now(); };
    new MutationObserver(() => requestAnimationFrame(() => setTimeout(painted))).observe(slip, {attributes: true});
  });
}"""
_IS_KEPT = """async () => {
  const isListed = (await indexedDB.databases()).some(({name}) => name === "yitian-counter");
  return isListed && Boolean(await caches.match("/counter/offline"));
}"""
_IS_LISTED = f"document.querySelector('[data-till] [data-age]').textContent.startsWith('{ORDERS} ')"


def bench_offline(folder: Path, rounds: int, seconds: int) -> list[Goal]:  # noqa: ARG001 - scans are counted, not timed
    """The list as ``shop.offline.snapshot`` makes it, in the store of an enrolled phone of the demo village."""
    headline(
        f"offline: {ORDERS} orders, {CARDS} cards, {PHONES} phones, {CLOSED} closed codes; Chromium, no network"
    )
    url = f"sqlite:///{folder / 'demo.db'}"
    load_demo(url, folder)
    site = new_site(url, folder)
    with site.app_context():
        token, parcel = _enrolled(), signed(_snapshot(int(time.time())))
    close_site(site)
    size = len(parcel["text"].encode()) / 1e6
    camera = write_fake_camera(
        folder / "order.mjpeg", [qr_picture(f"HTTPS://YITIAN.EXAMPLE/Q/{_code(SHOWN)}")], seconds_blank=0
    )
    measured = Rounds()
    with serve(url, folder) as served, open_chromium() as chromium:
        over = _changes(_phone(chromium, served.url, None, token))
        page = _phone(chromium, served.url, camera, token)
        _keep_large_list(page, parcel)
        for _ in range(rounds):
            measured.add(_scans(page) | over | {"list, MB": size})
    measured.print()
    return [
        Goal("offline: list of 10,000 codes", size, "MB", most=MOST_MB),
        Goal("offline: network lost to kept page", over["lost to kept page, s"], "s", most=MOST_SECONDS),
        Goal("offline: network back until said", over["back until said, s"], "s", most=MOST_SECONDS),
        Goal("offline: frame to verdict painted", measured.median("frame to slip painted, ms"), "ms", most=MOST_MS),
    ]  # fmt: skip


def _enrolled() -> str:
    """The token of a new phone at the shop of the demo's volunteer."""
    session = db.session()
    staff = session.execute(
        sa.select(Role.community_id, Role.member_id, Role.scope_id)
        .join(Member, sa.and_(Member.community_id == Role.community_id, Member.id == Role.member_id))
        .where(Role.role == "shop_staff", Member.phone == dict(SIGN_INS)["shop_staff"])
    ).one()
    invited = InviteDevice(staff.community_id, staff.member_id, staff.scope_id, "测速机")
    device_id = transact(invite_device, invited)
    code = open_invite(db.session(), staff.community_id, device_id, now=clock.now()).code
    return transact(enrol_device, EnrolDevice(code)).token


def _phone(chromium: Chromium, url: str, camera: Path | None, token: str) -> Page:
    """An enrolled phone that has kept page and list, on a page of the counter."""
    page = chromium.new_page(*PHONE, base_url=url, camera=camera)
    page.context.add_cookies([{"name": "shop_phone", "value": token, "url": url}])
    sign_in(page)
    page.add_init_script(f"({_WATCH})()")
    page.goto("/counter/more")  # no camera here: on line it would go on to the ordinary counter
    _until(page, _IS_KEPT)
    return page


def _changes(page: Page) -> dict[str, float]:
    """Medians of some losses of the network, and of its returns: until it is said, and until the counter is there again,
    which waits for hands that rest for five seconds."""
    lost, said, back = [], [], []
    for _ in range(VERDICTS):
        page.goto("/counter/more")
        start = time.perf_counter()
        page.context.set_offline(True)
        page.wait_for_url("**/counter/offline")
        lost.append(time.perf_counter() - start)
        start = time.perf_counter()
        page.context.set_offline(False)
        page.locator("[data-till] [data-banner][data-state=on]").wait_for()
        said.append(time.perf_counter() - start)
        page.wait_for_url("**/counter")
        back.append(time.perf_counter() - start)
    return {
        "lost to kept page, s": median(lost), "back until said, s": median(said), "back to counter, s": median(back),
    }  # fmt: skip


def _keep_large_list(page: Page, parcel: dict[str, str]) -> None:
    """The kept page without network, with the large list, the order before its camera."""
    page.goto("/counter/more")
    page.context.set_offline(True)
    page.wait_for_url("**/counter/offline")
    page.evaluate(_KEEP, parcel)
    page.reload()
    _until(page, _IS_LISTED)
    _until(page, "Boolean(window.marks.painted)")


def _until(page: Page, truth: str) -> None:
    """Asked through the debugger: the page's content policy forbids waiting within."""
    for _ in range(600):
        if page.evaluate(truth):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the kept page never came so far: {truth}")


def _scans(page: Page) -> dict[str, float]:
    """Medians of some scans of the same order, each after it was out of sight."""
    whole, after = [], []
    for _ in range(VERDICTS):
        page.evaluate("document.querySelector('[data-scan]').dispatchEvent(new Event('scan:pause'))")
        page.locator("[data-drop]").click()
        time.sleep(FORGOTTEN)
        page.evaluate("""() => {
          for (const name in window.marks) delete window.marks[name];
          document.querySelector('[data-scan]').dispatchEvent(new Event('scan:resume'));
        }""")
        _until(page, "Boolean(window.marks.painted)")
        marks = page.evaluate("window.marks")
        whole.append(marks["painted"] - marks["frame"])
        after.append(marks["painted"] - marks["text"])
    return {"frame to slip painted, ms": median(whole), "of it after the reading, ms": median(after)}


def _code(number: int) -> str:
    body = f"{number:021d}"
    return body + check_character(body)


def _snapshot(now: int) -> dict[str, Any]:
    """Goods, orders of three lines, cards and phones with an allowance each, and codes that are over."""
    cards, phones, closed = ORDERS, ORDERS + CARDS, ORDERS + CARDS + PHONES
    days = range(now // DAY_SECONDS, (now + 43_200) // DAY_SECONDS + 1)
    return {
        "v": 1, "made_at": now, "valid_until": now + 43_200, "staff": KEY,
        "shop": {"id": KEY, "name": "村口店"}, "device": {"id": KEY, "name": "测速机", "serial": 1},
        "community": {"id": KEY, "name": "样板村", "zone": "Asia/Shanghai"},
        "items": [[f"{KEY}{at}", f"A{at:03}", f"69{at:011}", "东北大米", "north-eastern rice", 3, 20, 0, "grains"]
                  for at in range(200)],
        "orders": {code_mark(_code(at)): [KEY, f"{at:04}", "张*兰", [[at % 200, 1], [7, 2], [9, 1]], 12, now + 90_000]
                   for at in range(ORDERS)},
        "closed": {code_mark(_code(closed + at)): "ucer"[at % 4] for at in range(CLOSED)},
        "allowances": [[f"{KEY}{at}", f"{at:04}", 20, now + 36_000] for at in range(CARDS + PHONES)],
        "cards": {code_mark(_code(cards + at)): [at, "张*兰"] for at in range(CARDS)},
        "phones": {_code(phones + at)[-7:]: [CARDS + at, "张*兰", {str(day): f"{at:064x}" for day in days}]
                   for at in range(PHONES)},
    }  # fmt: skip
