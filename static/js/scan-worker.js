// Reads QR codes out of frames. First message: {wasm: address}; answer {ready: true} or {error}.
// Then {buffer, width, height} for each frame; answer {text} or {text: ""}.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { attempts } from "./lib/scan-attempts.js";

let turn = 0;

async function load(wasm) {
  try {
    await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
    postMessage({ ready: true });
  } catch (problem) {
    postMessage({ error: String(problem) });
  }
}

async function textIn(frame) {
  for (const { prepare, options } of attempts(turn)) {
    const [found] = await readBarcodes(prepare(frame), options);
    if (found?.isValid) return found.text;
  }
  return "";
}

async function read({ buffer, width, height }) {
  const frame = new ImageData(new Uint8ClampedArray(buffer), width, height);
  let text = "";
  try {
    text = await textIn(frame);
  } finally {
    // A frame that cannot be read must not stop the next one.
    turn += 1;
    postMessage({ text });
  }
}

addEventListener("message", ({ data }) => (data.wasm ? load(data.wasm) : read(data)));
