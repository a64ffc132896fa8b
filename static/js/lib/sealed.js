// Trees, notes and commitments of daily seals (docs/checkpoints.md). No page, no network: bytes in, answers out.
// crypto.subtle is missing where a village's site has no HTTPS, so hashes and signatures come from @noble.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MARK_LENGTH = 32, SHORTEST_MARK = 16;

export const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
export const same = (a, b) => a.length === b.length && a.every((one, at) => one === b[at]);
export const leafHash = (line) => sha256(concatBytes(new Uint8Array([0]), utf8ToBytes(line)));
const nodeHash = (left, right) => sha256(concatBytes(new Uint8Array([1]), left, right));
// Sizes may pass 2^31, where >> would cut them.
const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

// RFC 9162, 2.1.3.2: the root that a proof leads to, or null.
export function rootOfInclusion(leaf, index, size, proof) {
  if (!(index >= 0 && index < size)) return null;
  let at = index, last = size - 1, value = leaf;
  for (const sibling of proof) {
    if (last === 0) return null;
    if (isOdd(at) || at === last) {
      value = nodeHash(sibling, value);
      while (!isOdd(at) && at) [at, last] = [half(at), half(last)];
    } else value = nodeHash(value, sibling);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? value : null;
}

// RFC 9162, 2.1.4.2: whether the newer tree began as the older one.
export function isConsistent(old, size, oldRoot, root, proof) {
  if (!(old > 0 && old <= size)) return false;
  if (old === size) return proof.length === 0 && same(oldRoot, root);
  const isPowerOfTwo = Number.isInteger(Math.log2(old));
  const path = isPowerOfTwo ? [oldRoot, ...proof] : proof;
  if (path.length === 0) return false;
  let at = old - 1, last = size - 1;
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  let first = path[0], second = path[0];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      [first, second] = [nodeHash(sibling, first), nodeHash(sibling, second)];
      while (!isOdd(at) && at) [at, last] = [half(at), half(last)];
    } else second = nodeHash(second, sibling);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(first, oldRoot) && same(second, root);
}

// What a signed note says: {size, root, isSigned}; throws for what is no note.
export function readNote({ note, key }) {
  const [name, , ...encoded] = key.split("+");
  const publicKey = bytes(encoded.join("+"));
  const end = note.indexOf("\n\n") + 1;
  const text = note.slice(0, end), start = `\u2014 ${name} `;
  const [, size, root] = text.split("\n");
  const line = note.slice(end + 1).split("\n").find((one) => one.startsWith(start));
  const isSigned = line !== undefined && isGood(bytes(line.slice(start.length)), text, name, publicKey);
  return { size: Number(size), root: bytes(root), isSigned };
}

function isGood(signature, text, name, publicKey) {
  const keyId = sha256(concatBytes(utf8ToBytes(`${name}\n`), publicKey)).slice(0, 4);
  if (signature.length !== 68 || !same(signature.slice(0, 4), keyId)) return false;
  return ed25519.verify(signature.slice(4), utf8ToBytes(text), publicKey.slice(1), { zip215: false });
}

// Whether a mark, as printed or typed, is that of a root.
export function isMarkOf(mark, { size, root }) {
  const dash = mark.indexOf("-");
  const letters = mark.slice(dash + 1).replace(/[\s-]/g, "").toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");
  if (dash < 1 || Number(mark.slice(0, dash).replace(/\s/g, "")) !== size) return false;
  if (letters.length < SHORTEST_MARK || letters.length > MARK_LENGTH) return false;
  return lettersOf(root).startsWith(letters);
}

function lettersOf(root) {
  const bits = [...root].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: MARK_LENGTH }, (_, at) => ALPHABET[parseInt(bits.slice(at * 5, at * 5 + 5), 2)]).join("");
}

// Whether what is shown of an entry is what its line commits to.
export function openingsHold(line, openings) {
  return Object.entries(openings).every(([field, { key, value }]) =>
    same(sha256(concatBytes(bytes(key), utf8ToBytes(value))), bytes(line[field] ?? "")));
}
