// The page with the own code: once told its key, this phone makes a new code every twenty seconds, also without network.
import encodeQR from "qr";
import { memberCode, stepAt, STEP_SECONDS } from "./lib/member-code.js";
import { onContent } from "./lib/ready.js";
import { MY_CODE as KEPT } from "./lib/signed-out.js";

// A code that has just been shown must last until it is scanned: it stays good for forty seconds after it leaves.
const TICK_MS = 500;

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(value));
  } catch { /* full or forbidden: this page still shows codes, until it is closed */ }
}

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

async function askForKey(box) {
  const body = new FormData();
  body.set("csrf_token", box.querySelector("[name=csrf_token]").value);
  const response = await fetch(box.dataset.ask, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

// Milliseconds to add to this phone's clock; without network, what was found last time.
async function howFarOff(box, before) {
  try {
    const response = await fetch(box.dataset.clock, { cache: "no-store", signal: AbortSignal.timeout(2000) });
    return Math.round((await response.json()).now - Date.now());
  } catch {
    return before;
  }
}

// Never an innerHTML: the picture is a path.
function draw(svg, text) {
  const rows = encodeQR(text, "raw", { ecc: "quartile", border: 4 });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  svg.querySelector("path").setAttribute("d", path);
}

function run(box, phone) {
  const svg = box.querySelector("svg");
  const words = box.querySelector("[data-code-text]");
  const left = box.querySelector("progress");
  const key = bytesOf(phone.key);
  let shown = -1;
  function tick() {
    if (!box.isConnected) { clearInterval(timer); return; }
    const seconds = (Date.now() + phone.ahead) / 1000;
    const step = stepAt(seconds);
    left.value = STEP_SECONDS - (seconds % STEP_SECONDS);
    if (step === shown) return;
    shown = step;
    const code = memberCode(phone.handle, key, step);
    draw(svg, box.dataset.room + code);
    words.replaceChildren(...code.match(/.{1,4}/g).flatMap((group) => {
      const part = document.createElement("span");
      part.className = "num";
      part.textContent = group;
      return [part, " "];
    }));
  }
  const timer = setInterval(tick, TICK_MS);
  tick();
  box.querySelector("[data-live]").hidden = false;
  box.querySelector("[data-still]")?.remove();
}

async function setUp(box) {
  // Whose code: another person's key on a lent phone must not be shown. The page without network knows nobody; whoever
  // signed out took the key away (lib/signed-out.js).
  const mine = kept();
  let phone = mine && (mine.who === box.dataset.who || !("who" in box.dataset)) ? mine : null;
  if (!phone && box.dataset.ask) {
    try {
      const { handle, key } = await askForKey(box);
      phone = { handle, key, who: box.dataset.who };
    } catch {
      return;
    }
  }
  if (!phone) return;
  phone.ahead = await howFarOff(box, phone.ahead ?? 0);
  keep(phone);
  run(box, phone);
  if (box.dataset.worker) await navigator.serviceWorker?.register(box.dataset.worker, { scope: "/code" }).catch(() => null);
}

onContent(() => document.querySelectorAll("[data-my-code]:not(.live)").forEach((box) => {
  box.classList.add("live");
  setUp(box);
}));
