// Prints, as a JSON list, what zxing-wasm reads in each picture named on the command line (null: nothing).
import { readFile } from "node:fs/promises";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const wasm = new URL("../../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", import.meta.url);
prepareZXingModule({ overrides: { wasmBinary: (await readFile(wasm)).buffer } });

const texts = [];
for (const file of process.argv.slice(2)) {
  const found = await readBarcodes(new Uint8Array(await readFile(file)), { formats: ["QRCode"], tryHarder: true });
  texts.push(found[0]?.text ?? null);
}
console.log(JSON.stringify(texts));
