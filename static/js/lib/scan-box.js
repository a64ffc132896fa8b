// <div data-scan data-worker data-wasm data-target [data-submit] [data-auto]>: see templates/components/scan.html.
import { scanned } from "./feedback.js";
import { startScanner } from "./scanner.js";

const boxes = new WeakSet();

function deliver(box, text) {
  scanned();
  const input = document.querySelector(box.dataset.target);
  if (input) {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.dispatchEvent(new CustomEvent("scan", { bubbles: true, detail: { text } }));
  if ("submit" in box.dataset) input?.form?.requestSubmit();
}

async function mayUseCamera() {
  try {
    return (await navigator.permissions.query({ name: "camera" })).state === "granted";
  } catch {
    return false;
  }
}

function setUp(box) {
  const finder = box.querySelector(".finder");
  const says = box.querySelector("[data-scan-says]");
  const start = box.querySelector("[data-scan-start]");
  const torch = box.querySelector("[data-scan-torch]");
  let scanner;
  const say = (state) => { says.textContent = box.dataset[`say${state}`] ?? ""; };

  async function open() {
    start.hidden = true;
    say("Start");
    scanner = await startScanner({
      video: box.querySelector("video"),
      workerUrl: box.dataset.worker,
      wasmUrl: box.dataset.wasm,
      onText: (text) => { say("Read"); deliver(box, text); },
      onProblem: (state) => { say(state); finder.classList.remove("live"); start.hidden = false; },
    });
    if (!scanner) return;
    finder.classList.add("live");
    say("Aim");
    torch.hidden = !scanner.hasTorch;
  }

  start.addEventListener("click", open);
  torch.addEventListener("click", async () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    if (await scanner.torch(on)) torch.setAttribute("aria-pressed", String(on));
  });
  // The camera's light must not stay on in a page that nobody sees, and a picture that stands still reads nothing.
  addEventListener("pagehide", () => scanner?.stop());
  addEventListener("pageshow", (event) => { if (event.persisted && finder.classList.contains("live")) open(); });
  document.addEventListener("htmx:after:swap", () => { if (!box.isConnected) scanner?.stop(); });
  if (!navigator.mediaDevices?.getUserMedia) { start.hidden = true; say("None"); return; }
  if ("auto" in box.dataset) mayUseCamera().then((may) => { if (may) open(); });
}

export function setUpScanners() {
  document.querySelectorAll("[data-scan]").forEach((box) => {
    if (boxes.has(box)) return;
    boxes.add(box);
    box.hidden = false;
    setUp(box);
  });
}
