// stdin: [[handle, key in hex, seconds], ...]; stdout: the codes that the page's own script makes of them.
import { readFileSync } from "node:fs";
import { memberCode, stepAt } from "../../static/js/lib/member-code.js";

const asked = JSON.parse(readFileSync(0, "utf8"));
const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
console.log(JSON.stringify(asked.map(([handle, key, seconds]) => memberCode(handle, bytes(key), stepAt(seconds)))));
