"""Takes the pictures of the README from the demo village: `make pictures`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.demo.cast import PASSWORD, SIGN_INS  # noqa: E402
from tests.browser.conftest import serving, sign_in  # noqa: E402
from tests.conftest import close_site, new_site  # noqa: E402
from tests.support.chromium import Chromium, open_chromium  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
PHONE, SCREEN, DESK = (360, 740), (1280, 720), (1280, 800)


def main() -> None:
    """Loads the village into a folder of its own, serves it, and walks to the five pages."""
    folder = Path(tempfile.mkdtemp(prefix="pictures-"))
    site = new_site(f"sqlite:///{folder / 'demo.db'}", folder, WTF_CSRF_ENABLED=True)
    runner = site.test_cli_runner()
    for command in (["db", "upgrade"], ["demo", "load", "--seed", str(Random(7).getrandbits(31))]):
        result = runner.invoke(args=command)
        if result.exit_code:
            raise SystemExit(result.output)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with serving(site) as url, open_chromium() as chromium:
        take(chromium, url)
    close_site(site)
    shutil.rmtree(folder)
    print(", ".join(sorted(path.name for path in PICTURES.iterdir())), file=sys.stdout)


def page_of(chromium: Chromium, url: str, role: str | None, size: tuple[int, int], which: int = 0) -> object:
    """A page of a visitor or of one of the village's people."""
    page = chromium.new_page(*size, base_url=url)
    if role:
        phone = [phone for name, phone in SIGN_INS if name == role][which]
        sign_in(page, phone, PASSWORD)
    return page


def take(chromium: Chromium, url: str) -> None:
    """My points, a voting card, the projector, the board, and the counter's answer."""
    points = page_of(chromium, url, "resident", PHONE)
    points.goto("/points")
    keep(points, "points")
    board = page_of(chromium, url, None, DESK)
    board.goto("/c/yitian/board")
    keep(board, "board")
    take_session(chromium, url)
    take_counter(chromium, url, points)


def take_session(chromium: Chromium, url: str) -> None:
    """The chair opens; one reviewer comes in."""
    chair = page_of(chromium, url, "chair", DESK)
    chair.goto("/review")
    chair.get_by_role("button", name="现在开会").click()
    chair.wait_for_url("**/review/**")
    address = chair.url.split("/chair")[0]
    chair.goto(address)
    chair.get_by_role("link", name="开始投票").click()
    chair.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    keep(chair, "vote")
    projector = page_of(chromium, url, "chair", SCREEN)
    projector.goto(address + "/projector")
    keep(projector, "projector")


def take_counter(chromium: Chromium, url: str, villager: object) -> None:
    """An order of the villager, handed over."""
    villager.goto("/orders")
    villager.locator("main a[href*='/orders/']").first.click()
    code = villager.locator(".code-text").inner_text().replace(" ", "")
    staff = page_of(chromium, url, "shop_staff", PHONE)
    staff.goto("/counter")
    staff.fill("input[name=code]", code)
    staff.get_by_role("button", name="查这张单").click()
    staff.get_by_role("button", name="确认给货").click()
    staff.wait_for_load_state()
    keep(staff, "counter")


def keep(page: object, name: str) -> None:
    """One picture, without motion."""
    page.wait_for_load_state()
    page.wait_for_function(
        "() => [...document.images].every(image => image.complete && image.naturalWidth > 0)"
    )
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    main()
