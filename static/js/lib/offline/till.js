// The state of the counter without network: snapshot, queue and clock. No page. Every hand-over is on the disk first.
import { alone, unlessBusy } from "./alone.js";
import { askSnapshot, tell } from "./server.js";
import { openSigned } from "./snapshot.js";
import { noteWaits, somethingWaits } from "./waits.js";
import { noteStaff, staffHere } from "./staff.js";
import { MOST_PIECES, standsFor, verdict } from "./verdict.js";

const LONGEST_WAIT_MS = 60_000, FIRST_WAIT_MS = 2_000, FRESH_MS = 180_000, SAME_REFUSAL_MS = 60_000;
const LONGEST_CODE = 500;
const STOPPED = ["device_revoked", "device_unknown"];
const refusal = (why) => ({ verdict: "refuse", reason: null, why, points: 0, mark: null });

export class Till {
  constructor(store, key, onChange) {
    Object.assign(this, {
      store, key, onChange, snapshot: null, signature: null, entries: [], offset: 0, isOn: false, isStopped: false,
      trouble: "", asked: 0, wait: 0, refused: new Map(), settled: new Map(),
    });
  }

  async load() {
    await this.loadQueue();
    await this.readList();
  }

  // Enough to tell and to take a new list.
  async loadQueue() {
    this.offset = (await this.store.get("offset")) ?? 0;
    await this.readQueue();
  }

  // What this tab knows already is true also where the disk was too full to note it.
  async readQueue() {
    this.entries = await this.store.queue();
    for (const [number, entry] of this.entries) Object.assign(entry, this.settled.get(number));
  }

  async readList() {
    const parcel = await this.store.get("snapshot");
    this.signature = parcel?.signature ?? null;
    this.snapshot = parcel && openSigned(parcel, this.key);
    this.isStopped = Boolean(await this.store.get("stopped"));
  }

  get untold() { return this.entries.filter(([, entry]) => !entry.answer); }
  // Hand-overs; a refusal holds nothing up.
  get waiting() { return this.untold.filter(([, entry]) => !entry.refused); }
  // The phone's clock, put right by what the server said at the last contact.
  now() { return Math.floor((Date.now() + this.offset * 1000) / 1000); }

  get local() {
    const all = this.entries.map(([, entry]) => entry).filter(({ refused }) => !refused), spent = {}, taken = {};
    for (const { allowance, points, lines } of all.filter(({ isListed }) => !isListed)) {
      if (allowance) spent[allowance] = (spent[allowance] ?? 0) + points;
      for (const { item_id, quantity } of lines) taken[item_id] = (taken[item_id] ?? 0) + quantity;
    }
    return { used: all.map(({ mark }) => mark).filter(Boolean), spent, taken, seen_at: Math.max(0, ...all.map(({ at }) => at)) };
  }

  judge(text, lines = []) {
    if (this.isStopped) return refusal("stopped");
    if (!staffHere()) return refusal("signed_out");
    return verdict(this.snapshot, this.local, this.now(), text, lines);
  }

  about(text) { return standsFor(this.snapshot, text); }

  // Judges once more and writes down, with the other tabs of this phone kept out. Only when this has come back with "give"
  // for the points that were shown, goods may leave. Throws when the phone is full.
  handOver(text, lines, { points, nonce = crypto.randomUUID() }) {
    return alone(async () => {
      await this.readQueue();
      if ((await this.store.get("signature")) !== this.signature) await this.readList();
      const found = this.judge(text, lines);
      if (found.verdict !== "give" || found.points !== points) return found;
      const { allowance = null, name, household } = this.about(text);
      await this.write({ ...this.scan(text, lines), nonce, refused: null, points, mark: found.mark, allowance, name, household });
      return found;
    });
  }

  // For the register; without a list the phone is nobody who could tell. A full disk is no trouble: nothing left.
  async noteRefusal(text, lines, { reason, why }) {
    const said = `${why} ${text}`;
    if (!reason || !this.snapshot || Date.now() - (this.refused.get(said) ?? 0) < SAME_REFUSAL_MS) return;
    this.refused.set(said, Date.now());
    const scan = this.scan(text.trim().slice(0, LONGEST_CODE), lines.filter(([, pieces]) => pieces <= MOST_PIECES));
    await this.write({ ...scan, nonce: crypto.randomUUID(), refused: reason, why, points: 0 }).catch(console.warn);
  }

  scan(text, lines) {
    const { id, serial } = this.snapshot.device;
    return {
      code: text, lines: lines.map(([item_id, quantity]) => ({ item_id, quantity })), raw: Date.now(), at: this.now(),
      device_id: id, serial, staff_id: staffHere(),
    };
  }

  async write(entry) {
    if (!entry.refused) noteWaits(true);
    this.entries.push([await this.store.add(entry), entry]);
    this.notBefore = 0;
    this.onChange();
  }

  async line(isOn, serverNow) {
    const came = isOn && !this.isOn;
    this.isOn = isOn;
    if (serverNow) {
      const offset = serverNow - Math.floor(Date.now() / 1000);
      if (Math.abs(offset - this.offset) > 1) await this.store.put("offset", (this.offset = offset)).catch(console.warn);
    }
    if (came) this.wait = this.notBefore = 0;
    this.onChange();
    if (isOn) await this.work();
  }

  // One at a time, also among tabs: what waits is told in order, then a new list is fetched.
  async work() {
    if (this.isBusy || Date.now() < (this.notBefore ?? 0)) return;
    this.isBusy = true;
    try {
      await unlessBusy(async () => {
        await this.readQueue(); // another tab may have told some of it
        await this.tellAll();
        await this.noteTold();
        if (!this.waiting.length && Date.now() - this.asked > FRESH_MS) await this.refresh();
      });
    } finally {
      this.isBusy = false;
      this.onChange();
    }
  }

  // With the other tabs kept out, so that nothing they write meanwhile is overlooked.
  async noteTold() {
    if (!somethingWaits()) return;
    await alone(async () => {
      await this.readQueue();
      noteWaits(this.waiting.length > 0);
    });
  }

  async tellAll() {
    for (const [number, entry] of [...this.waiting, ...this.untold.filter(([, { refused }]) => refused)]) {
      const answer = await tell(this.told(entry));
      if (!answer || answer.state === "signIn") {
        this.later(answer && !answer.isNetwork ? "signIn" : "kept");
        return;
      }
      await this.settle(number, { answer });
      this.asked = 0; // the list does not know of it yet
      this.onChange();
    }
    this.wait = 0;
  }

  // Both times by one clock with one correction: only the difference between them counts.
  told({ code, nonce, lines, raw, device_id, serial, staff_id, refused }) {
    const [scanned_at, sent_at] = [raw, Date.now()].map((at) => new Date(at + this.offset * 1000).toISOString());
    return { code, nonce, lines, scanned_at, sent_at, device_id, serial, staff_id, refused };
  }

  async settle(number, change) {
    this.settled.set(number, { ...this.settled.get(number), ...change });
    const entry = this.entries.find(([one]) => one === number)?.[1];
    if (entry) await this.store.change(number, Object.assign(entry, change)).catch(console.warn);
  }

  later(trouble) {
    this.trouble = trouble;
    this.wait = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, this.wait * 2));
    this.notBefore = Date.now() + this.wait;
  }

  async refresh() {
    this.asked = Date.now();
    const told = this.entries.filter(([, entry]) => entry.answer).map(([number]) => number);
    const { status, body } = await askSnapshot(this.waiting.length).catch(() => ({ status: 0 }));
    if (status === 403 && STOPPED.includes(body?.code)) {
      await this.stop(told);
      return;
    }
    if (status !== 200 || !body?.text) {
      this.trouble = status === 401 || status === 403 || (status === 0 && this.isOn) ? "signIn" : this.trouble;
      return;
    }
    const snapshot = openSigned(body, this.key);
    if (!snapshot) {
      this.trouble = "forged";
      return;
    }
    noteStaff(snapshot.staff);
    await alone(() => this.take(snapshot, body, told));
  }

  async take(snapshot, parcel, told) {
    await this.store.put("snapshot", parcel);
    await this.store.put("signature", parcel.signature);
    await this.store.remove("stopped");
    Object.assign(this, { snapshot, signature: parcel.signature, isStopped: false, trouble: "" });
    await this.tidy(told);
  }

  // This phone may hand over nothing more: its list goes, what it still has to tell stays.
  async stop(told = []) {
    Object.assign(this, { snapshot: null, signature: null, isStopped: true, trouble: "" });
    await alone(async () => {
      await this.store.remove("snapshot", "signature");
      await this.store.put("stopped", true).catch(console.warn);
      await this.tidy(told);
    });
    this.onChange();
  }

  // The new list knows what had been told before it was asked for. What was not booked stays a day to be seen.
  async tidy(told) {
    const gone = [], yesterday = this.now() - 86_400;
    for (const [number, entry] of this.entries.filter(([one]) => told.includes(one))) {
      if (entry.answer.state === "booked" || entry.at < yesterday) gone.push(number);
      else if (!entry.isListed) await this.settle(number, { isListed: true });
    }
    await this.store.forget(gone);
    this.entries = this.entries.filter(([number]) => !gone.includes(number));
  }
}
