"""The counter's scanner in a real browser: camera, picture, USB scanner, typing, and going on without a reload."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from points.codes import new_code
from tests.browser.conftest import Live
from tests.support.chromium import axe_violations, no_horizontal_scroll, until
from tests.support.fake_camera import qr_picture, write_fake_camera

# The page as one that scans on and on: nothing is sent, what was read is kept.
GOES_ON = """() => {
  const box = document.querySelector("[data-scan]");
  delete box.dataset.submit;
  window.texts = [];
  box.addEventListener("scan", ({ detail }) => window.texts.push([detail.text, detail.format]));
}"""
SENDS = """() => {
  window.sent = [];
  const form = document.querySelector("[data-wedge]").form;
  form.addEventListener("submit", (event) => { event.preventDefault(); window.sent.push(form.elements.code.value); });
}"""
# A USB scanner's keys, one right after the other; with a Chinese input method on, only their places are told.
KEYS = """([where, text, end, method]) => {
  const target = document.querySelector(where);
  const press = (key, code, shiftKey = false) => {
    const how = {key: method ? "Process" : key, code, shiftKey, bubbles: true, cancelable: true};
    target.dispatchEvent(new KeyboardEvent("keydown", how));
  };
  for (const letter of text) press(letter, /\\d/.test(letter) ? `Digit${letter}` : `Key${letter}`, /[A-Z]/.test(letter));
  press(end, end);
}"""


# A phone's camera as Chromium's fake one is not: a light, a zoom, and two of them. What is asked of it is kept.
MEANS = """() => {
  window.asked = [];
  const track = MediaStreamTrack.prototype;
  track.getCapabilities = () => ({torch: true, zoom: {min: 1, max: 4, step: 0.5}});
  track.applyConstraints = async ({advanced: [one]}) => { window.asked.push(one); };
  const {mediaDevices} = navigator, open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.enumerateDevices = async () => [
    {kind: "videoinput", deviceId: "back", label: "后面的"}, {kind: "videoinput", deviceId: "near", label: "近处的"},
    {kind: "audioinput", deviceId: "ear", label: "话筒"},
  ];
  mediaDevices.getUserMedia = async (wanted) => { window.asked.push(wanted.video); return open({video: true}); };
}"""


@pytest.fixture
def counter(live: Live, tmp_path: Path) -> Page:
    """The counter's page, its camera looking at a card; it keeps what it reads."""
    card = "HTTPS://YITIAN.EXAMPLE/Q/" + new_code()
    camera = write_fake_camera(tmp_path / "camera.mjpeg", [qr_picture(card)], seconds_each=1.5)
    page = live.signed_in("shop_staff", camera=camera)
    page.add_init_script(f"addEventListener('DOMContentLoaded', {GOES_ON})")
    page.goto("/counter")
    page.card = card
    return page


def test_a_card_before_the_camera_is_read_once(live: Live, counter: Page) -> None:
    finder = counter.locator(".finder.live")
    finder.wait_for()
    until(counter, "window.texts.length > 0")
    assert counter.evaluate("window.texts[0]") == [counter.card, "QRCode"]
    expect(counter.locator("[data-scan-zoom]")).to_be_hidden()
    expect(counter.locator("[data-scan-torch]")).to_be_hidden()
    counter.wait_for_timeout(2500)
    assert counter.evaluate("window.texts.length") == 1, "the card stays in view and is not told again"

    counter.evaluate("document.querySelector('[data-scan]').dispatchEvent(new Event('scan:pause'))")
    expect(counter.get_by_role("status").filter(has_text="先不扫了")).to_be_visible()
    counter.wait_for_timeout(3500)
    counter.evaluate("document.querySelector('[data-scan]').dispatchEvent(new Event('scan:resume'))")
    until(counter, "window.texts.length > 1")
    assert no_horizontal_scroll(counter)
    assert axe_violations(counter) == []
    assert live.chromium.problems == []


def test_light_zoom_and_choice_of_camera_act_where_there_are_some(live: Live, tmp_path: Path) -> None:
    camera = write_fake_camera(tmp_path / "camera.mjpeg", [qr_picture("HTTPS://Y.CN/Q/" + new_code())])
    page = live.signed_in("shop_staff", camera=camera)
    page.add_init_script(f"({MEANS})()")
    page.add_init_script(f"addEventListener('DOMContentLoaded', {GOES_ON})")
    page.goto("/counter")
    page.locator(".finder.live").wait_for()
    torch, zoom, choice = (page.locator(f"[data-scan-{name}]") for name in ("torch", "zoom", "camera"))
    last = "window.asked.at(-1)"

    torch.click()
    expect(torch).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(last) == {"torch": True}
    torch.click()
    expect(torch).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(last) == {"torch": False}

    assert [zoom.get_attribute(name) for name in ("min", "max", "step")] == ["1", "4", "0.5"]
    zoom.fill("2.5")
    assert page.evaluate(last) == {"zoom": 2.5}

    expect(choice.locator("option")).to_have_text(["后面的", "近处的"])
    assert axe_violations(page) == []
    assert no_horizontal_scroll(page)
    choice.select_option("near")
    until(page, f"{last}.deviceId?.ideal === 'near'")
    page.reload()
    page.locator(".finder.live").wait_for()
    assert page.evaluate("window.asked[0].deviceId.ideal") == "near", "the choice is kept"
    assert live.chromium.problems == []


def test_a_camera_that_refuses_its_light_does_not_say_it_is_on(live: Live, tmp_path: Path) -> None:
    camera = write_fake_camera(tmp_path / "camera.mjpeg", [qr_picture("HTTPS://Y.CN/Q/" + new_code())])
    page = live.signed_in("shop_staff", camera=camera)
    page.add_init_script(f"({MEANS})()")
    page.add_init_script(
        "MediaStreamTrack.prototype.applyConstraints = () => Promise.reject(new Error('no'));"
    )
    page.add_init_script(f"addEventListener('DOMContentLoaded', {GOES_ON})")
    page.goto("/counter")
    torch = page.locator("[data-scan-torch]")
    torch.click()
    page.wait_for_timeout(300)
    expect(torch).to_have_attribute("aria-pressed", "false")


def test_where_the_camera_is_shut_a_photo_is_read(live: Live, tmp_path: Path) -> None:
    page = live.signed_in("shop_staff")
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
    page.add_init_script(f"addEventListener('DOMContentLoaded', {GOES_ON})")
    page.goto("/counter")
    expect(page.get_by_role("status").filter(has_text="这里打不开摄像头")).to_be_visible()
    expect(page.get_by_role("button", name="打开摄像头扫码")).to_be_hidden()
    photo = qr_picture("HTTPS://Y.CN/Q/" + new_code())
    large = photo.resize((420, 420))
    sheet = large.copy().resize((4000, 3000)).point(lambda _grey: 150)
    sheet.paste(large, (2900, 2300))
    sheet.save(tmp_path / "photo.jpg", quality=80)
    page.set_input_files("[data-scan-file]", tmp_path / "photo.jpg")
    until(page, "window.texts.length === 1")
    page.set_input_files(
        "[data-scan-file]", {"name": "no.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    )
    expect(page.get_by_role("status").filter(has_text="没有找到码")).to_be_visible()
    assert axe_violations(page) == []


def test_a_typed_code_and_a_usb_scanner(live: Live) -> None:
    page = live.signed_in("shop_staff")
    page.goto("/counter")
    page.evaluate(SENDS)
    code = new_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    field = page.locator("[data-wedge]")
    hint = page.get_by_role("status").filter(has_text="这个码对不上")
    field.fill(wrong[:-1])
    expect(hint).to_have_count(0)
    field.fill(wrong)
    expect(hint).to_be_visible()
    field.fill(" ".join(code[at : at + 4] for at in range(0, 22, 4)).lower())
    expect(hint).to_have_count(0)

    field.fill(code)
    field.press("Enter")
    until(page, "window.sent.length === 1")
    for scan in (
        ("[data-wedge]", "Tab", False),
        ("[data-wedge]", "Tab", True),
        ("[data-wedge]", "Enter", True),
        ("body", "Enter", False),
        ("body", "Tab", False),
        ("body", "Enter", True),
    ):
        where, end, method = scan
        page.evaluate("window.sent.length = 0")
        page.evaluate(KEYS, [where, code, end, method])
        until(page, "window.sent.length === 1")
        assert page.evaluate("window.sent[0]") == code, scan
    assert live.chromium.problems == []
