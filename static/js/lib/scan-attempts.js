// What is tried on a frame: the plain reading first, then the others, each frame beginning with another, as long as there is
// time. A fast phone tries everything on every frame; a slow one misses now what it finds a moment later.
// Measured on the corpus of tests/support/scan_corpus.py; what each adds is told by tests/tooling/test_scanner.py.
import { FIXED } from "./decoder.js";
import { framed, middle, sharpened } from "./grey.js";

export const FRAME_MS = 90;
const CLOSING = { tryDenoise: true };
const FIRST = { prepare: (frame) => frame, options: CLOSING };
const OTHERS = [
  // Too near: out of focus, a corner outside the picture. Moved, too; a sharpened half is quick.
  { prepare: (frame) => framed(sharpened(middle(frame, 1, 1 / 2), 3, 4), 0.15), options: {} },
  // Far, coarse, dark: the middle, larger.
  { prepare: (frame) => middle(frame, 0.6, 1.5), options: CLOSING },
  // Cracked, glaring, off a screen.
  { prepare: (frame) => sharpened(middle(frame, 1, 2 / 3), 6, 4), options: CLOSING },
  // Blurred and small.
  { prepare: (frame) => sharpened(middle(frame, 0.5, 2), 10, 4), options: {} },
  { prepare: (frame) => frame, options: { binarizer: FIXED } },
];

// Answers look(frame, {formats, patient}) -> {text, format} or null. patient: a picture from file, all attempts.
export function createLook(read, now = () => performance.now()) {
  const took = OTHERS.map(() => 0);
  let turn = 0;

  function tried({ prepare, options }, frame, formats) {
    return read(prepare(frame), { ...options, formats });
  }

  return function look(frame, { formats = "QRCode", patient = false } = {}) {
    const began = now();
    let found = tried(FIRST, frame, formats);
    for (let step = 0; step < OTHERS.length && !found; step += 1) {
      const at = (turn + step) % OTHERS.length;
      const start = now();
      // One of the others always has its turn, more only where they fit.
      if (!patient && step > 0 && start - began + took[at] > FRAME_MS) break;
      found = tried(OTHERS[at], frame, formats);
      took[at] = now() - start;
    }
    turn += 1;
    return found;
  };
}
