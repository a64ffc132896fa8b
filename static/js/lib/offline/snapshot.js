// A signed snapshot: one text and the signature over exactly that text. Null for a broken signature: the old one stays.
import { ed25519 } from "@noble/curves/ed25519.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

export function openSigned({ text, signature }, key) {
  try {
    if (!ed25519.verify(bytes(signature), utf8ToBytes(text), bytes(key), { zip215: false })) return null;
    return JSON.parse(text);
  } catch {
    return null; // not even the shape of a signature
  }
}
