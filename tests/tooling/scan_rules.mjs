// Prints, as a JSON list, what the page says of each typed code: node scan_rules.mjs CODE...
import { verdictOn } from "../../static/js/lib/codes.js";

console.log(JSON.stringify(process.argv.slice(2).map(verdictOn)));
