// The queue of a shop phone against a server that answers badly, and a disk that is full. Prints what happened as JSON.
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { parcel, later, key, codes } = JSON.parse(text);

globalThis.addEventListener = () => {};
const kept = new Map([["yitian-till-staff", "staff-1"]]);
globalThis.localStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
// One lock for each name, as the browser has them among the tabs of a phone.
const held = new Map();
const request = async (name, options, act = options) => {
  if (options.ifAvailable && held.get(name)?.isHeld) return act(null);
  const turn = { isHeld: true, before: held.get(name)?.done };
  turn.done = (async () => { await turn.before?.catch(() => null); try { return await act({}); } finally { turn.isHeld = false; } })();
  held.set(name, turn);
  return turn.done;
};
Object.defineProperty(globalThis, "navigator", { value: { locks: { request } } });
const { Till } = await import("../../static/js/lib/offline/till.js");

class Memory {
  constructor() { Object.assign(this, { things: { snapshot: parcel }, kept: new Map(), next: 1, isFull: false }); }
  async get(name) { return this.things[name] ?? null; }
  async put(name, value) {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.things[name] = value;
  }
  async remove(...names) { names.forEach((name) => delete this.things[name]); }
  async queue() { return structuredClone([...this.kept]); }
  async add(entry) {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.kept.set(this.next, structuredClone(entry));
    return this.next++;
  }
  async change(number, entry) { this.kept.set(number, structuredClone(entry)); }
  async forget(numbers) { numbers.forEach((number) => this.kept.delete(number)); }
}

const json = (status, body) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const page = (status) => new Response("<p>", { status, headers: { "Content-Type": "text/html" } });
let answers = [], sent = [], parcelNow = parcel, stopped = null;
globalThis.fetch = async (path, { body } = {}) => {
  if (path.endsWith("/token")) return json(200, { csrf: "t" });
  if (path.endsWith("/snapshot")) return stopped ? json(403, { code: stopped }) : json(200, parcelNow);
  sent.push(JSON.parse(body));
  const next = answers.shift();
  if (next === "gone") throw new TypeError("network");
  return next ?? json(201, { status: "ok" });
};

const store = new Memory();
// A tab of the phone; its clock is right for the list.
const MINUTE_AFTER = JSON.parse(parcel.text).made_at + 60;
const tab = async (from = store) => {
  const opened = new Till(from, key, () => {});
  await opened.load();
  opened.now = () => MINUTE_AFTER;
  return opened;
};
const till = await tab();
const sell = async (code, by = till) => by.handOver(code, [], { points: by.judge(code).points });
const states = () => till.entries.map(([, entry]) => entry.answer?.state ?? "waiting");
const again = async (...next) => {
  [answers, sent, till.notBefore] = [next, [], 0];
  await till.work();
  return { states: states(), sent: sent.length, trouble: till.trouble };
};
const found = {};
store.isFull = true;
found.full = await sell(codes[0]).catch((problem) => problem.name);
found.afterFull = till.entries.length;
store.isFull = false;
for (const code of codes) await sell(code);
found.usedHere = till.judge(codes[0]).why;
found.server = await again(json(503, {}));
found.network = await again("gone");
found.proxy = await again(page(404));
found.signedOut = await again(json(403, { code: "device_unknown" }));
const restarted = await tab();
found.restarted = restarted.waiting.length;
parcelNow = { ...parcel, text: parcel.text.replace("made_at", "made_ta") };
found.told = await again(json(201, { status: "ok" }), json(409, { status: "conflict", reason: "canceled" }), json(400, { code: "form_invalid" }));
found.order = sent.map(({ code }) => codes.indexOf(code));
found.sameNonce = new Set(till.entries.map(([, { nonce }]) => nonce)).size;
found.madeAt = till.snapshot.made_at;
parcelNow = parcel;
till.asked = 0;
found.fresh = await again();

// A refusal is told after the hand-overs, uses nothing and holds nothing up; a full disk is no trouble for it.
const other = new Memory(), alone = await tab(other);
await alone.noteRefusal("nonsense", [], { reason: "invalid", why: "damaged" });
await alone.noteRefusal("nonsense", [], { reason: "invalid", why: "damaged" });
await sell(codes[0], alone);
other.isFull = true;
await alone.noteRefusal(codes[1], [], { reason: "invalid_time", why: "rotated" });
other.isFull = false;
found.refusals = { entries: alone.entries.length, waiting: alone.waiting.length, used: alone.local.used.length };
[answers, sent] = [[json(201, { status: "ok" }), json(503, {})], []];
await alone.work();
found.toldOfRefusal = sent.map(({ refused, staff_id }) => [refused, staff_id]);
found.refusalKept = { untold: alone.untold.length, refreshed: alone.asked > 0 };

// Two tabs give the same code at once: one does.
const shared = new Memory(), [left, right] = [await tab(shared), await tab(shared)];
const both = await Promise.all([sell(codes[0], left), sell(codes[0], right)]);
found.twoTabs = { verdicts: both.map(({ why }) => why).sort(), kept: shared.kept.size };
parcelNow = later;
await left.work(); // told, and the new list knows it: the queue is empty, and the other tab still has the old list
found.afterTold = { kept: shared.kept.size, before: right.judge(codes[1]).verdict, why: (await sell(codes[1], right)).why };
parcelNow = parcel;

// The clock is put right between scan and sending: both times have the same correction. A full disk stops nothing.
const clocks = new Memory(), late = await tab(clocks);
late.asked = Date.now();
await sell(codes[1], late);
clocks.isFull = true;
sent = [];
await late.line(true, Math.floor(Date.now() / 1000) + 86_400).catch(() => null); // the new list finds no room
const [{ scanned_at, sent_at }] = sent;
found.clock = { apart: Date.parse(sent_at) - Date.parse(scanned_at) < 5_000, isRight: Math.abs(Date.parse(sent_at) - Date.now() - 86_400_000) < 5_000 };

// What other tabs see: something waits, until it is told. Coming back on line does not wait out the last failure.
const third = new Memory(), back = await tab(third), waits = () => kept.has("yitian-till-waits");
found.waits = [waits()];
await sell(codes[0], back);
found.waits.push(waits());
[answers, sent] = [["gone", json(201, { status: "ok" })], []];
await back.line(true);
found.waits.push(waits());
await back.line(true);
found.heldBack = sent.length;
await back.line(false);
await back.line(true);
found.waits.push(waits());
found.cameBack = sent.length;

// Nobody signed in: nothing is given, the queue stays. A phone that was stopped: its list is gone, also for the other tab.
const last = new Memory(), phone = await tab(last), second = await tab(last);
await sell(codes[0], phone);
kept.clear();
found.signedOut2 = { why: phone.judge(codes[1]).why, waiting: phone.waiting.length };
kept.set("yitian-till-staff", "staff-2");
[answers, sent, stopped] = [[json(409, { status: "quarantined" })], [], "device_revoked"];
found.before = second.judge(codes[1]).verdict;
await phone.line(true);
found.stopped = {
  why: phone.judge(codes[1]).why, list: Object.keys(last.things), told: sent.length,
  second: (await second.handOver(codes[1], [], { points: 4 })).why, restarted: (await tab(last)).judge(codes[1]).why,
};
console.log(JSON.stringify(found));
