// Reads frames with the modules the page loads: node scan_frames.mjs FILE WIDTH HEIGHT FORMATS, FILE holding grey frames one
// after the other. Prints a JSON list: {text, format} or null. Time stands still, so that every attempt has its turn.
import { readFile } from "node:fs/promises";
import { build } from "esbuild";

const at = (path) => new URL(`../../${path}`, import.meta.url);
const built = await build({
  stdin: {
    contents: 'export { openDecoder } from "./decoder.js"; export { createLook } from "./scan-attempts.js";',
    resolveDir: at("static/js/lib").pathname,
  },
  bundle: true, write: false, format: "esm", platform: "node", logLevel: "error",
});
const { openDecoder, createLook } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);

const [file, width, height, formats] = process.argv.slice(2);
const wasm = await readFile(at("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"));
const look = createLook(await openDecoder({ wasmBinary: new Uint8Array(wasm).buffer }), () => 0);
const frames = await readFile(file);
const size = width * height;
const found = [];
for (let start = 0; start < frames.length; start += size) {
  const grey = frames.subarray(start, start + size);
  found.push(look({ grey, width: Number(width), height: Number(height) }, { formats }));
}
console.log(JSON.stringify(found));
