// What is tried on a frame, cheapest first. Every frame gets the plain reading and one more, in turn: a camera gives
// many frames, and what one way misses another finds a moment later.
const plain = { formats: ["QRCode"], tryHarder: true, tryRotate: true, tryInvert: false, maxNumberOfSymbols: 1 };
const FIRST = { scale: 1, options: plain };
const OTHERS = [
  { scale: 0.5, options: plain },
  { scale: 1, options: { ...plain, binarizer: "GlobalHistogram" } },
  { scale: 1, options: { ...plain, tryDenoise: true } },
  { scale: 0.5, options: { ...plain, tryInvert: true, tryDownscale: false } },
];

export function attempts(turn) {
  return [FIRST, OTHERS[turn % OTHERS.length]];
}

// Four pixels into one: takes away noise, moire and small scratches.
export function halved({ data, width, height }) {
  const w = width >> 1;
  const h = height >> 1;
  const half = new ImageData(w, h);
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      const from = (2 * y * width + 2 * x) * 4;
      const to = (y * w + x) * 4;
      for (let c = 0; c < 3; c += 1) {
        half.data[to + c] = (data[from + c] + data[from + 4 + c] + data[from + width * 4 + c] + data[from + width * 4 + 4 + c]) >> 2;
      }
      half.data[to + 3] = 255;
    }
  }
  return half;
}
