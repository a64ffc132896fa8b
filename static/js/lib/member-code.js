// The rotating code of a phone, as shop/codes/rotating.py says: made without network, from the phone's key and its clock.
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

export const STEP_SECONDS = 20;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const STEP = 4;
const PROOF = 10;

function letters(value, length) {
  let text = "";
  for (let rest = BigInt(value), at = 0; at < length; at += 1, rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return text;
}

function bigEndian(value, bytes) {
  const out = new Uint8Array(bytes);
  for (let rest = BigInt(value), at = bytes - 1; at >= 0; at -= 1, rest >>= 8n) out[at] = Number(rest & 255n);
  return out;
}

export function checkCharacter(body) {
  let total = 0;
  for (const letter of body) {
    total = (total ^ ALPHABET.indexOf(letter)) << 1;
    if (total & 32) total ^= 0b100101;
  }
  return ALPHABET[total];
}

export function dayKey(key, step) {
  const day = Math.floor((step * STEP_SECONDS) / 86400);
  return hmac(sha256, key, new Uint8Array([...new TextEncoder().encode("day"), ...bigEndian(day, 4)]));
}

export function proofOf(keyOfDay, step) {
  const mark = hmac(sha256, keyOfDay, bigEndian(step, 8));
  const first = mark.slice(0, 7).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return letters(first >> 6n, PROOF);
}

export function stepAt(seconds) {
  return Math.floor(seconds / STEP_SECONDS);
}

export function memberCode(handle, key, step) {
  const body = handle + letters(step % 32 ** STEP, STEP) + proofOf(dayKey(key, step), step);
  return body + checkCharacter(body);
}
