// The state of the counter without network: snapshot, queue and clock. No page. Every hand-over is on the disk first.
import { askSnapshot, tell } from "./server.js";
import { openSigned } from "./snapshot.js";
import { standsFor, verdict } from "./verdict.js";

const LONGEST_WAIT_MS = 60_000, FIRST_WAIT_MS = 2_000, FRESH_MS = 180_000;

export class Till {
  constructor(store, key, onChange) {
    Object.assign(this, { store, key, onChange, snapshot: null, entries: [], offset: 0, isOn: false, trouble: "", asked: 0, wait: 0 });
  }

  async load() {
    const parcel = await this.store.get("snapshot");
    this.snapshot = parcel && openSigned(parcel, this.key);
    this.offset = (await this.store.get("offset")) ?? 0;
    this.entries = await this.store.queue();
  }

  get waiting() { return this.entries.filter(([, entry]) => !entry.answer); }
  // The phone's clock, put right by what the server said at the last contact.
  milliseconds() { return Date.now() + this.offset * 1000; }
  now() { return Math.floor(this.milliseconds() / 1000); }

  get local() {
    const all = this.entries.map(([, entry]) => entry), spent = {}, taken = {};
    for (const { allowance, points, lines } of all.filter(({ isListed }) => !isListed)) {
      if (allowance) spent[allowance] = (spent[allowance] ?? 0) + points;
      for (const { item_id, quantity } of lines) taken[item_id] = (taken[item_id] ?? 0) + quantity;
    }
    return { used: all.map(({ mark }) => mark).filter(Boolean), spent, taken, seen_at: Math.max(0, ...all.map(({ at }) => at)) };
  }

  judge(text, lines = []) { return verdict(this.snapshot, this.local, this.now(), text, lines); }
  about(text) { return standsFor(this.snapshot, text); }

  // Writes the hand-over down; only when this has come back, goods may leave. Throws when the phone is full.
  async handOver(text, lines, found) {
    const { device } = this.snapshot, { allowance = null, name, household } = this.about(text);
    const entry = {
      code: text, nonce: crypto.randomUUID(), lines: lines.map(([item_id, quantity]) => ({ item_id, quantity })),
      scanned_at: new Date(this.milliseconds()).toISOString(), at: this.now(), device_id: device.id, serial: device.serial,
      points: found.points, mark: found.mark, allowance, name, household,
    };
    this.entries.push([await this.store.add(entry), entry]);
    this.onChange();
  }

  async line(isOn, serverNow) {
    const came = isOn && !this.isOn;
    this.isOn = isOn;
    if (serverNow) {
      const offset = serverNow - Math.floor(Date.now() / 1000);
      if (Math.abs(offset - this.offset) > 1) await this.store.put("offset", (this.offset = offset));
    }
    if (came) this.wait = 0;
    this.onChange();
    if (isOn) await this.work();
  }

  // One at a time: what waits is told in order, then a new list is fetched.
  async work() {
    if (this.busy || Date.now() < (this.notBefore ?? 0)) return;
    this.busy = true;
    try {
      const all = await this.tellAll();
      if (all && Date.now() - this.asked > FRESH_MS) await this.refresh();
    } finally {
      this.busy = false;
      this.onChange();
    }
  }

  async tellAll() {
    for (const [number, entry] of this.waiting) {
      const { code, nonce, lines, scanned_at, device_id, serial } = entry;
      const sent_at = new Date(this.milliseconds()).toISOString();
      const answer = await tell({ code, nonce, lines, scanned_at, sent_at, device_id, serial });
      if (!answer || answer.state === "signIn") return this.later(answer && !answer.isNetwork ? "signIn" : "kept");
      entry.answer = answer;
      await this.store.change(number, entry);
      this.asked = 0; // the list does not know of it yet
      this.onChange();
    }
    this.wait = 0;
    return true;
  }

  later(trouble) {
    this.trouble = trouble;
    this.wait = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, this.wait * 2));
    this.notBefore = Date.now() + this.wait;
    return false;
  }

  async refresh() {
    this.asked = Date.now();
    const told = this.entries.filter(([, entry]) => entry.answer).map(([number]) => number);
    const { status, body } = await askSnapshot(this.waiting.length).catch(() => ({ status: 0 }));
    if (status !== 200 || !body?.text) {
      this.trouble = status === 401 || status === 403 || (status === 0 && this.isOn) ? "signIn" : this.trouble;
      return;
    }
    const snapshot = openSigned(body, this.key);
    if (!snapshot) {
      this.trouble = "forged";
      return;
    }
    await this.store.put("snapshot", body);
    this.snapshot = snapshot;
    this.trouble = "";
    await this.tidy(told);
  }

  // The new list knows what had been told before it was asked for. What was not booked stays a day to be seen.
  async tidy(told) {
    const gone = [], yesterday = this.now() - 86_400;
    for (const [number, entry] of this.entries.filter(([one]) => told.includes(one))) {
      if (entry.answer.state === "booked" || entry.at < yesterday) gone.push(number);
      else if (!entry.isListed) await this.store.change(number, Object.assign(entry, { isListed: true }));
    }
    await this.store.forget(gone);
    this.entries = this.entries.filter(([number]) => !gone.includes(number));
  }
}
