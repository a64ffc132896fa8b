// The queue of a shop phone against a server that answers badly, and a disk that is full. Prints what happened as JSON.
let text = "";
for await (const chunk of process.stdin) text += chunk;
const { parcel, key, codes } = JSON.parse(text);

globalThis.addEventListener = () => {};
const { Till } = await import("../../static/js/lib/offline/till.js");

class Memory {
  constructor() { Object.assign(this, { things: { snapshot: parcel }, kept: new Map(), next: 1, isFull: false }); }
  async get(name) { return this.things[name] ?? null; }
  async put(name, value) { this.things[name] = value; }
  async queue() { return [...this.kept]; }
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
let answers = [], sent = [], parcelNow = parcel;
globalThis.fetch = async (path, { body } = {}) => {
  if (path.endsWith("/token")) return json(200, { csrf: "t" });
  if (path.endsWith("/snapshot")) return json(200, parcelNow);
  sent.push(JSON.parse(body));
  const next = answers.shift();
  if (next === "gone") throw new TypeError("network");
  return next ?? json(201, { status: "ok" });
};

const store = new Memory();
const till = new Till(store, key, () => {});
await till.load();
till.now = () => till.snapshot.made_at + 60;
const sell = async (code) => till.handOver(code, [], till.judge(code));
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
const restarted = new Till(store, key, () => {});
await restarted.load();
found.restarted = restarted.waiting.length;
parcelNow = { ...parcel, text: parcel.text.replace("made_at", "made_ta") };
found.told = await again(json(201, { status: "ok" }), json(409, { status: "conflict", reason: "canceled" }), json(400, { code: "form_invalid" }));
found.order = sent.map(({ code }) => codes.indexOf(code));
found.sameNonce = new Set(till.entries.map(([, { nonce }]) => nonce)).size;
found.madeAt = till.snapshot.made_at;
parcelNow = parcel;
till.asked = 0;
found.fresh = await again();
console.log(JSON.stringify(found));
