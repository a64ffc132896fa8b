// What the phone keeps, encrypted: AES-GCM under a key that the browser holds and gives to nobody. Null where the page is
// not served over https, for then there is no crypto.subtle. Throws QuotaExceededError when the phone is full.
const NAME = "yitian-counter", VERSION = 1;
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

export async function openStore() {
  if (!globalThis.crypto?.subtle) return null;
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("things");
    opening.result.createObjectStore("queue", { autoIncrement: true });
  };
  const base = await done(opening);
  return new Store(base, await keyIn(base));
}

// Two tabs that start at once must not have two keys: add() fails for the second, which then takes the first one's.
async function keyIn(base) {
  const read = () => done(base.transaction("things").objectStore("things").get("key"));
  const kept = await read();
  if (kept) return kept;
  const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await done(base.transaction("things", "readwrite").objectStore("things").add(fresh, "key")).catch(() => null);
  return read();
}

class Store {
  constructor(base, key) {
    this.base = base;
    this.key = key;
  }

  // Resolves when it is on the disk, not before: only then goods may leave.
  write(name, act) {
    return new Promise((resolve, reject) => {
      const change = this.base.transaction(name, "readwrite", { durability: "strict" });
      let request;
      change.oncomplete = () => resolve(request?.result);
      change.onabort = () => reject(change.error ?? request?.error);
      try {
        request = act(change.objectStore(name));
      } catch (problem) {
        change.abort();
        reject(problem);
      }
    });
  }

  async seal(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, new TextEncoder().encode(JSON.stringify(value))) };
  }

  async open({ iv, data }) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, data)));
  }

  async get(name) {
    const sealed = await done(this.base.transaction("things").objectStore("things").get(name));
    return sealed ? this.open(sealed) : null;
  }

  async put(name, value) {
    const sealed = await this.seal(value);
    await this.write("things", (things) => things.put(sealed, name));
  }

  async remove(...names) {
    await this.write("things", (things) => names.map((name) => things.delete(name)).at(-1));
  }

  // Hand-overs in the order in which they happened: [[number, entry], ...].
  async queue() {
    const entries = this.base.transaction("queue").objectStore("queue");
    const [numbers, sealed] = await Promise.all([done(entries.getAllKeys()), done(entries.getAll())]);
    return Promise.all(sealed.map(async (one, at) => [numbers[at], await this.open(one)]));
  }

  async add(entry) {
    const sealed = await this.seal(entry);
    return this.write("queue", (queue) => queue.add(sealed));
  }

  async change(number, entry) {
    const sealed = await this.seal(entry);
    await this.write("queue", (queue) => queue.put(sealed, number));
  }

  async forget(numbers) {
    if (numbers.length) await this.write("queue", (queue) => numbers.map((number) => queue.delete(number)).at(-1));
  }
}
