"""The browser helpers: a camera that shows what it was given, and checks that notice what they are for."""

import base64
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.chromium import Chromium, axe_violations, no_horizontal_scroll
from tests.support.fake_camera import frames, qr_picture, write_fake_camera

ROOT = Path(__file__).parents[2]
CODE = "HTTPS://YITIAN.EXAMPLE/Q/0123456789ABCDEFGHJKMN"

GOOD = "<!doctype html><html lang=zh><title>好</title><main><h1>好页面</h1><p>您好</p></main></html>"
BAD = (
    "<!doctype html><html lang=zh><title>坏</title><main><h1>坏页面</h1><img src=/x.png width=900 height=9>"
    "<script>throw Error('inline')</script></main></html>"
)
FRAMES_OF_CAMERA = """async (count) => {
  const video = document.createElement("video");
  video.srcObject = await navigator.mediaDevices.getUserMedia({video: true});
  await video.play();
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const taken = [];
  while (taken.length < count) {
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    canvas.getContext("2d").drawImage(video, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({type: "image/jpeg", quality: 0.9})).arrayBuffer());
    taken.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")));
  }
  return {size: [video.videoWidth, video.videoHeight], taken};
}"""


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = {"/good": GOOD, "/bad": BAD}.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet: the tests print nothing of their own."""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def decode(directory: Path, pictures: list[bytes]) -> list[str | None]:
    """What the site's own decoder reads in each JPEG."""
    files = []
    for number, picture in enumerate(pictures):
        files.append(directory / f"{number:03}.jpg")
        files[-1].write_bytes(picture)
    run = subprocess.run(
        [ROOT / "tools/with_node.sh", "node", "tests/tooling/decode_qr.mjs", *files],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("steady", [True, False])
def test_the_frames_of_the_fake_camera_can_be_read(tmp_path: Path, steady: bool) -> None:
    video = write_fake_camera(tmp_path / "camera.mjpeg", [qr_picture(CODE)], seconds_each=1, steady=steady)
    texts = decode(tmp_path, list(frames(video)))
    assert texts[:10] == [None] * 10
    assert texts[10:] == [CODE] * 20


def test_chromium_takes_the_video_for_its_camera(tmp_path: Path, chromium: Chromium, base_url: str) -> None:
    video = write_fake_camera(tmp_path / "camera.mjpeg", [qr_picture(CODE)], seconds_each=1)
    page = chromium.new_page(base_url=base_url, camera=video)
    page.goto("/good")
    seen = page.evaluate(FRAMES_OF_CAMERA, 40)
    assert seen["size"] == [640, 480]
    texts = decode(tmp_path, [base64.b64decode(frame) for frame in seen["taken"]])
    assert set(texts) == {None, CODE}


def test_a_screenshot_can_be_what_the_camera_sees(tmp_path: Path, chromium: Chromium, base_url: str) -> None:
    page = chromium.new_page(base_url=base_url)
    page.goto("/good")
    picture = tmp_path / "code.png"
    qr_picture(CODE).save(picture)
    encoded = base64.b64encode(picture.read_bytes()).decode()
    # A picture that the page's content policy allows, without a server for it: drawn onto a canvas.
    page.evaluate(
        """async (encoded) => {
          const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
          const canvas = document.body.appendChild(document.createElement("canvas"));
          [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
          canvas.getContext("2d").drawImage(bitmap, 0, 0);
        }""",
        encoded,
    )
    video = write_fake_camera(
        tmp_path / "camera.mjpeg", [page.locator("canvas").screenshot()], seconds_blank=0, seconds_each=0.5
    )
    assert set(decode(tmp_path, list(frames(video)))) == {CODE}


def test_the_checks_pass_a_good_page_under_its_content_policy(chromium: Chromium, base_url: str) -> None:
    page = chromium.new_page(320, 568, base_url=base_url)
    page.goto("/good")
    assert axe_violations(page) == []
    assert no_horizontal_scroll(page)
    assert chromium.problems == []


def test_the_checks_notice_a_bad_page(chromium: Chromium, base_url: str) -> None:
    page = chromium.new_page(320, 568, base_url=base_url)
    page.goto("/bad")
    assert any(line.startswith("image-alt (critical)") for line in axe_violations(page))
    assert not no_horizontal_scroll(page)
    assert any("Content Security Policy" in problem for problem in chromium.problems)
