// What this phone may hand over without network. The same as shop/offline/policy.py, which says what the parts of a
// snapshot are; tests/shop/offline_cases.json is the one table that holds both to the same answers. No page, no network.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { ALPHABET, readCode } from "./codes.js";

const CLOCK_SLACK = 300, STEP = 20, DAY = 86_400, STEPS = 1 << 20, EARLY = 30, LATE = 60;
export const MOST_PIECES = 99; // of one item in one sale
const CLOSED = {
  r: ["revoked", "replaced"],
  c: ["canceled", "canceled"],
  u: ["already_redeemed", "used"],
  e: ["product", "other_shop"],
  n: ["rules", "needs_network"],
};

const answer = (verdict, reason = null, why = null, points = 0, mark = null) => ({ verdict, reason, why, points, mark });
const no = (reason, why) => answer("refuse", reason, why);
const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);

export const codeMark = (token) => bytesToHex(sha256(utf8ToBytes(token))).slice(0, 32);

// local: marks used on this phone, points spent by allowance, pieces taken by item, seen_at. Times in whole seconds.
export function verdict(snapshot, local, now, text, lines) {
  const late = snapshotWrong(snapshot, local, now);
  if (late) return no("invalid_time", late);
  const token = readCode(text);
  if (token === null) return no("invalid", "damaged");
  const mark = codeMark(token);
  const closed = CLOSED[own(snapshot.closed, mark)];
  if (closed) return no(...closed);
  const order = own(snapshot.orders, mark);
  if (order) return orderVerdict(order, mark, local, now, lines);
  let payer = own(snapshot.cards, mark), used = null;
  const cap = payer?.[2] ?? Infinity; // what the card may still spend by the day's cap; an older list does not say
  if (!payer) {
    payer = own(snapshot.phones, token.slice(0, 7));
    if (!payer) return no("invalid", "unknown");
    const read = phoneCode(token, payer[2], now);
    if (read.wrong) return no(...read.wrong);
    used = read.used;
    if (local.used.includes(used)) return no("already_redeemed", "used_here");
  }
  const [id, , points, ends] = snapshot.allowances[payer[0]];
  return sale(snapshot, Math.min(points, cap) - (own(local.spent, id) ?? 0), ends, used, local, now, lines);
}

// Who and what a code that may be used stands for, for the slip: {name, household, lines: [[item, pieces], ...]}.
export function standsFor(snapshot, text) {
  const token = readCode(text), mark = codeMark(token);
  const order = own(snapshot.orders, mark);
  if (order) return { household: order[1], name: order[2], lines: order[3].map(([at, pieces]) => [snapshot.items[at], pieces]) };
  const payer = own(snapshot.cards, mark) ?? own(snapshot.phones, token.slice(0, 7));
  const [allowance, household] = snapshot.allowances[payer[0]];
  return { household, name: payer[1], lines: [], allowance };
}

function snapshotWrong(snapshot, local, now) {
  if (!snapshot) return "no_snapshot";
  if (now < Math.max(snapshot.made_at, local.seen_at) - CLOCK_SLACK) return "clock";
  return now >= snapshot.valid_until ? "snapshot_old" : null;
}

function orderVerdict([, , , , points, ends], mark, local, now, lines) {
  if (lines.length) return no("invalid", "lines_not_wanted");
  if (local.used.includes(mark)) return no("already_redeemed", "used_here");
  if (ends <= now) return no("invalid_time", "order_over");
  return answer("give", null, null, points, mark);
}

const floorMod = (a, b) => ((a % b) + b) % b;

// The full step number that a code's four characters mean: the one nearest to now.
export function stepOf(token, now) {
  const low = [...token.slice(7, 11)].reduce((sum, letter) => sum * 32 + ALPHABET.indexOf(letter), 0);
  const here = Math.floor(now / STEP);
  return here + floorMod(low - here + STEPS / 2, STEPS) - STEPS / 2;
}

// Ten characters, 50 bits of HMAC-SHA256 over the step as eight bytes.
export function stepMac(dayKey, step) {
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(step));
  const digest = hmac(sha256, dayKey, message);
  const bits = [...digest.slice(0, 7)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: 10 }, (_, at) => ALPHABET[parseInt(bits.slice(at * 5, at * 5 + 5), 2)]).join("");
}

function phoneCode(token, keys, now) {
  const step = stepOf(token, now), starts = step * STEP;
  const key = own(keys, String(Math.floor(starts / DAY)));
  if (key === undefined) return { wrong: ["invalid_time", "rotated"] };
  if (stepMac(hexToBytes(key), step) !== token.slice(11, 21)) return { wrong: ["invalid", "forged"] };
  if (now - starts < -EARLY || now - starts > LATE) return { wrong: ["invalid_time", "rotated"] };
  return { used: `${token.slice(0, 7)}:${step}` };
}

function sale(snapshot, left, ends, used, local, now, lines) {
  if (!lines.length) return answer("choose", null, null, 0, used);
  const pieces = piecesOf(lines);
  if (pieces === null) return no("invalid", "quantity");
  const items = new Map(snapshot.items.map((item) => [item[0], item]));
  const chosen = [...pieces].map(([id, quantity]) => [items.get(id), quantity]);
  if (chosen.some(([item]) => !item)) return no("product", "unknown_item");
  if (chosen.some(([item, quantity]) => item[6] - (own(local.taken, item[0]) ?? 0) < quantity)) return no("out_of_stock", "sold_out");
  if (chosen.some(([item]) => item[7])) return no("rules", "limited");
  const points = chosen.reduce((sum, [item, quantity]) => sum + priceOf(item, now) * quantity, 0);
  if (ends <= now) return no("insufficient_points", "allowance_over");
  if (points > left) return no("insufficient_points", "over_allowance");
  return answer("give", null, null, points, used);
}

// Points for one piece: the announced price from its moment on. Most items, and all of an older list, have none.
export const priceOf = (item, now) => (item[10] <= now ? item[9] : item[5]);

// Pieces by item; null when a quantity is no whole number from 1 to MOST_PIECES, also after adding up.
function piecesOf(lines) {
  const pieces = new Map();
  for (const [id, quantity] of lines) {
    pieces.set(id, (pieces.get(id) ?? 0) + quantity);
    if (!Number.isInteger(quantity) || quantity < 1 || pieces.get(id) > MOST_PIECES) return null;
  }
  return pieces;
}
