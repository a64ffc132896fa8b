// On the counter's pages of an enrolled shop phone: keeps the list fresh while there is network, and goes over to the kept
// page when it goes. What is heavy comes only when the list is three minutes old (offline-keep.js).
import { cameBack, carry, drop, PAGE } from "./lib/offline/carry.js";
import { watchLine } from "./lib/offline/server.js";
import { noteStaff } from "./lib/offline/staff.js";
import { toast } from "./lib/toast.js";

const ASKED = "yitian-till-asked", FRESH_MS = 180_000, ANSWER_MS = 10_000;
const line = document.getElementById("counter-line").dataset;
let isOn = true, sent = "";

async function keepFresh() {
  if (document.hidden || Date.now() - Number(localStorage.getItem(ASKED)) < FRESH_MS) return;
  localStorage.setItem(ASKED, String(Date.now()));
  const { keep } = await import(line.keeper);
  await keep(line.key);
}

// Not while an answer is on its way: the worker shows the kept page when none comes. What is to be handed over, and what is
// typed into other forms, stays.
async function leave() {
  if (sent) return;
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
  sent = new URL(submitter?.hasAttribute("formaction") ? submitter.formAction : target.action).pathname;
  setTimeout(() => { sent = ""; if (!isOn) leave(); }, ANSWER_MS);
});
navigator.serviceWorker?.register(line.worker, { scope: "/counter" }).catch(console.warn);
watchLine((now) => changed(now).catch(console.warn), { whileSeen: true });
