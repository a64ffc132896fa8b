// Loaded by counter.js when the list grows old or something waits: tells what waits, takes a fresh list, and has the worker
// keep a fresh page.
import { openStore } from "./lib/offline/store.js";
import { Till } from "./lib/offline/till.js";

let till;

export async function keep(key) {
  const store = till?.store ?? (await openStore());
  if (!store) return;
  till ??= new Till(store, key, () => {});
  await till.loadQueue();
  Object.assign(till, { isOn: true, asked: 0 });
  await till.work();
  if (till.waiting.length) return; // every second until it is told
  (await navigator.serviceWorker.ready).active.postMessage("keep");
}
