// Reads cases as JSON, decides each as a shop phone without network does, and prints what it finds. With "signed": whether
// a snapshot's signature holds.
import { openSigned } from "../../static/js/lib/offline/snapshot.js";
import { verdict } from "../../static/js/lib/offline/verdict.js";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { cases = [], signed = [] } = JSON.parse(text);
const found = cases.map(({ snapshot, local, now, text: code, lines }) => verdict(snapshot, local, now, code, lines));
const opened = signed.map(({ parcel, key }) => openSigned(parcel, key)?.made_at ?? null);
console.log(JSON.stringify({ found, opened }));
