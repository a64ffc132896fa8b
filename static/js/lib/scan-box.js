// <div data-scan data-worker data-wasm data-target [data-formats] [data-submit] [data-auto]>: templates/components/scan.html.
// Fires "scan" with {text, format}; a page stops and starts the reading with the events "scan:pause" and "scan:resume".
import { cameras, hasCameras, openCamera, problemOf, remember } from "./camera.js";
import { verdictOn } from "./codes.js";
import { scanned } from "./feedback.js";
import { framesOf } from "./frames.js";
import { createReader } from "./reader.js";
import { scanVideo } from "./scanner.js";

const boxes = new WeakSet();

function deliver(box, found) {
  scanned();
  const input = document.querySelector(box.dataset.target);
  if (input) {
    input.value = found.text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.dispatchEvent(new CustomEvent("scan", { bubbles: true, detail: found }));
  if ("submit" in box.dataset) input?.form?.requestSubmit();
}

async function mayUseCamera() {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state === "granted";
  } catch {
    return false;
  }
}

// Zoom, torch and the choice of camera, each where there is one.
async function offerMeans(part, camera) {
  const all = await cameras();
  const choice = part("camera");
  choice.replaceChildren(...all.map(({ id, label }, at) => new Option(label || `${at + 1}`, id, false, id === camera.id)));
  choice.parentElement.hidden = all.length < 2;
  const zoom = part("zoom");
  if (camera.zoom) {
    const { min, max, step } = camera.zoom;
    Object.assign(zoom, { min, max, step: step || 0.1, value: min });
  }
  zoom.parentElement.hidden = !camera.zoom;
  part("torch").hidden = !camera.hasTorch;
  part("torch").setAttribute("aria-pressed", "false");
  part("means").hidden = !camera.zoom && all.length < 2;
}

// What is found in a picture file, or null, also when it is no picture. Fails when there is no reader.
async function readPicture(reader, file, formats) {
  await reader.ready;
  try {
    for await (const frame of framesOf(file)) {
      const found = await reader.read(frame, { formats, patient: true });
      if (found) return found;
    }
  } catch {
    return null;
  }
  return null;
}

// One box: what it shows and what it holds open.
function createBox(box) {
  const part = (name) => box.querySelector(`[data-scan-${name}]`);
  const video = box.querySelector("video");
  const finder = box.querySelector(".finder");
  let reader;
  let camera;
  let scan;
  let isPaused = false;

  const say = (state) => { part("says").textContent = box.dataset[`say${state}`] ?? ""; };
  const formats = () => box.dataset.formats;
  const onText = (found) => { say("Read"); deliver(box, found); };

  // Begun on pages that open the camera by themselves, so that script and wasm come while the person is asked.
  function prepare() {
    reader ??= createReader(box.dataset.worker, box.dataset.wasm);
    return reader;
  }

  function close() {
    scan?.stop();
    camera?.stop();
    reader?.close();
    scan = camera = reader = undefined;
    finder.classList.remove("live");
  }

  function fail(state) {
    close();
    say(state);
    part("start").hidden = !hasCameras();
    part("means").hidden = true;
  }

  async function open() {
    part("start").hidden = true;
    say("Start");
    const own = prepare();
    try {
      const opened = await openCamera(video);
      // Closed meanwhile: nobody waits for this camera any more.
      if (reader !== own) { opened.stop(); return; }
      camera = opened;
      finder.classList.add("live");
      await Promise.all([own.ready, offerMeans(part, opened)]);
    } catch (problem) {
      if (reader === own) fail(problemOf(problem));
      return;
    }
    if (reader !== own) return;
    scan = scanVideo(video, own, { formats, onText });
    go(isPaused);
  }

  function go(paused) {
    isPaused = paused;
    if (paused) scan?.pause();
    else scan?.resume();
    say(paused ? "Paused" : rest());
  }

  const rest = () => (scan ? "Aim" : "");

  async function readFile(file) {
    say("Look");
    scan?.pause();
    try {
      const found = await readPicture(prepare(), file, formats());
      if (found) onText(found);
      else say("Nothing");
    } catch {
      say("Failed");
    }
    if (!isPaused) scan?.resume();
  }

  async function toggleTorch() {
    const on = part("torch").getAttribute("aria-pressed") !== "true";
    if (await camera.torch(on)) part("torch").setAttribute("aria-pressed", String(on));
  }

  const isLive = () => finder.classList.contains("live");
  const again = () => { close(); open(); };
  return { part, say, rest, open, close, again, go, prepare, readFile, toggleTorch, isLive, zoom: (to) => camera?.zoomTo(to) };
}

// A code as long as ours whose check character does not fit: said at once, before anything is sent.
function watchTyping(box, { say, rest }) {
  let isWrong = false;
  document.addEventListener("input", ({ target }) => {
    if (!box.isConnected || !target.matches?.(box.dataset.target)) return;
    const wrong = verdictOn(target.value) === "wrong";
    if (wrong !== isWrong) say(wrong ? "Check" : rest());
    isWrong = wrong;
  });
}

function connect(box) {
  const scanner = createBox(box);
  const { part, say } = scanner;
  part("start").addEventListener("click", scanner.open);
  part("torch").addEventListener("click", scanner.toggleTorch);
  part("zoom").addEventListener("input", ({ target }) => scanner.zoom(Number(target.value)));
  part("camera").addEventListener("change", ({ target }) => { remember(target.value); scanner.again(); });
  part("file").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (file) await scanner.readFile(file);
    target.value = "";
  });
  box.addEventListener("scan:pause", () => scanner.go(true));
  box.addEventListener("scan:resume", () => scanner.go(false));
  watchTyping(box, scanner);
  // The camera's light must not stay on in a page that nobody sees, and a picture that stands still reads nothing.
  let wasLive = false;
  addEventListener("pagehide", () => { wasLive = scanner.isLive(); scanner.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted && wasLive) scanner.open(); });
  document.addEventListener("htmx:after:swap", () => { if (!box.isConnected) scanner.close(); });
  if (!hasCameras()) {
    part("start").hidden = true;
    say("Shut");
  } else if ("auto" in box.dataset) {
    scanner.prepare();
    mayUseCamera().then((may) => { if (may) scanner.open(); });
  }
}

export function setUpScanners() {
  document.querySelectorAll("[data-scan]").forEach((box) => {
    if (boxes.has(box)) return;
    boxes.add(box);
    box.hidden = false;
    connect(box);
  });
}
