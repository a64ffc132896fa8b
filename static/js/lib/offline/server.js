// The calls of a shop phone. An answer counts only when it is ours (JSON): a proxy's 404 must not empty the queue.
const BASE = "/counter/offline";
const PULSE_MS = 1000, PATIENCE_MS = 2000;
const DROPPED = [400, 404, 409];
let csrf = null;

async function call(path, options = {}) {
  const answer = await fetch(BASE + path, { cache: "no-store", redirect: "manual", headers: { Accept: "application/json" }, ...options });
  const isOurs = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
  return { status: answer.status, body: isOurs ? await answer.json() : null };
}

async function post(path, sent) {
  // A kept page has an old token, and a refused one is no answer to what was sent.
  csrf ??= (await call("/token")).body?.csrf ?? null;
  if (!csrf) return { status: 403, body: null };
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf };
  const answer = await call(path, { method: "POST", headers, body: JSON.stringify(sent) });
  if (!answer.body) csrf = null;
  return answer;
}

export const askSnapshot = (queued) => post("/snapshot", { queued });

// What became of a hand-over or a refusal: {state: "booked" | "conflict" | "dropped", reason}, or null: try again later.
// "signIn": somebody must sign in first.
export async function tell(entry) {
  const { status, body } = await post("/scans", entry).catch(() => ({ status: 0 }));
  if (body && status >= 200 && status < 300) return { state: "booked" };
  if (body && status === 409 && body.status) return { state: "conflict", reason: body.reason };
  if (body && DROPPED.includes(status)) return { state: "dropped", reason: body.code };
  return status === 401 || status === 403 || status === 0 ? { state: "signIn", isNetwork: status === 0 } : null;
}

// Tells within three seconds when the network goes or comes: a second between pulses, two for an answer. whileSeen: rests
// while the page is out of sight.
export function watchLine(onChange, { whileSeen = false } = {}) {
  let isOn = null;
  const set = (next, now) => { if (next !== isOn || now) onChange((isOn = next), now); };
  async function beat() {
    if (!(whileSeen && document.hidden)) await ask();
    setTimeout(beat, PULSE_MS);
  }
  async function ask() {
    try {
      const { body } = await call("/pulse", { signal: AbortSignal.timeout(PATIENCE_MS) });
      set(Boolean(body), body?.now);
    } catch {
      set(false);
    }
  }
  addEventListener("offline", () => set(false));
  beat();
}
