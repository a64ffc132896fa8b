// What is tried on a frame: the plain reading, cheapest, and then one of the others in turn. A camera gives many frames,
// and what one way misses another finds a moment later.
// Measured on 216 damaged frames of 640 x 480: plain alone 70 %; the enlarged centre adds blur and glare (77 %), the
// fixed threshold a few cracked and half-lit ones (78 %). Halving added nothing: the library does that by itself.
const plain = { formats: ["QRCode"], tryHarder: true, tryRotate: true, tryInvert: false, maxNumberOfSymbols: 1 };
const CENTRE = 0.75;
const TIMES = 2;

const first = { prepare: (frame) => frame, options: plain };
const others = [
  { prepare: enlargedCentre, options: { ...plain, tryDenoise: true } },
  { prepare: (frame) => frame, options: { ...plain, binarizer: "FixedThreshold" } },
];

export function attempts(turn) {
  return [first, others[turn % others.length]];
}

// The middle three quarters, twice as large, grey (green alone is close enough), interpolated between four pixels.
function enlargedCentre({ data, width, height }) {
  const innerWidth = Math.floor(width * CENTRE);
  const innerHeight = Math.floor(height * CENTRE);
  const left = (width - innerWidth) >> 1;
  const top = (height - innerHeight) >> 1;
  const large = new ImageData(innerWidth * TIMES, innerHeight * TIMES);
  const pixels = new Uint32Array(large.data.buffer);
  for (let y = 0; y < large.height; y += 1) {
    const atY = Math.min(y / TIMES, innerHeight - 1.001);
    const row = (top + (atY | 0)) * width + left;
    for (let x = 0; x < large.width; x += 1) {
      const atX = Math.min(x / TIMES, innerWidth - 1.001);
      const from = (row + (atX | 0)) * 4 + 1;
      const below = from + width * 4;
      const upper = data[from] + (data[from + 4] - data[from]) * (atX % 1);
      const lower = data[below] + (data[below + 4] - data[below]) * (atX % 1);
      const grey = (upper + (lower - upper) * (atY % 1)) | 0;
      pixels[y * large.width + x] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
    }
  }
  return large;
}
