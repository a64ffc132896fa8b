// On the counter's pages of an enrolled shop phone: keeps the list fresh while there is network, and goes over to the kept
// page when it goes. What is heavy (offline-keep.js) comes only when the list is three minutes old, or something was given
// without network and waits to be told.
import { cameBack, carry, drop, PAGE } from "./lib/offline/carry.js";
import { watchLine } from "./lib/offline/server.js";
import { noteStaff } from "./lib/offline/staff.js";
import { somethingWaits } from "./lib/offline/waits.js";
import { toast } from "./lib/toast.js";

const ASKED = "yitian-till-asked", FRESH_MS = 180_000, ANSWER_MS = 10_000;
const line = document.getElementById("counter-line").dataset;
// Addresses that this page sent to and that have not answered. None is ever forgotten: what was sent may have been done, and
// a resident who was asked may still say yes.
const sent = [...document.querySelectorAll("[data-asks]")].map(({ dataset }) => dataset.asks);
const isOld = () => Date.now() - Number(localStorage.getItem(ASKED)) >= FRESH_MS;
let isOn = true, isKeeping = false, patience;

async function keepFresh() {
  if (isKeeping || document.hidden || !(isOld() || somethingWaits())) return;
  localStorage.setItem(ASKED, String(Date.now()));
  isKeeping = true;
  try {
    const { keep } = await import(line.keeper);
    await keep(line.key);
  } finally {
    isKeeping = false;
  }
}

// Not while an answer is on its way: the worker shows the kept page when none comes. What is to be handed over, and what is
// typed into other forms, stays.
async function leave() {
  if (patience) return;
  const isKept = await globalThis.caches?.match(PAGE);
  const over = () => location.assign(`${PAGE}?left`);
  if (isKept && "goes" in line && !document.body.classList.contains("result")) {
    toast(line.going);
    over();
  } else toast(line.gone, isKept ? { actions: [[line.go, over]] } : {});
}

async function changed(now) {
  const went = isOn && !now;
  isOn = now;
  if (isOn) await keepFresh();
  else if (went) await leave();
}

noteStaff(line.staff);
drop();
if (cameBack()) toast(line.back, { lasts: 6000 });
addEventListener("pagehide", () => carry(sent));
addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
  if (defaultPrevented) return;
  sent.push(new URL(submitter?.hasAttribute("formaction") ? submitter.formAction : target.action).pathname);
  clearTimeout(patience);
  patience = setTimeout(() => { patience = 0; if (!isOn) leave(); }, ANSWER_MS);
});
navigator.serviceWorker?.register(line.worker, { scope: "/counter" }).catch(console.warn);
watchLine((now) => changed(now).catch(console.warn), { whileSeen: true });
