// Reads cases as JSON, decides each as a shop phone without network does, and prints what it finds. With "signed": whether
// a snapshot's signature holds. With "times" above 1: how long one verdict takes, median, in milliseconds.
import { openSigned } from "../../static/js/lib/offline/snapshot.js";
import { verdict } from "../../static/js/lib/offline/verdict.js";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { cases = [], signed = [], times = 1 } = JSON.parse(text);
const took = [];
const found = cases.map(({ snapshot, local, now, text: code, lines }) => {
  let answer;
  for (let turn = 0; turn < times; turn += 1) {
    const start = performance.now();
    answer = verdict(snapshot, local, now, code, lines);
    took.push(performance.now() - start);
  }
  return answer;
});
const opened = signed.map(({ parcel, key }) => openSigned(parcel, key)?.made_at ?? null);
console.log(JSON.stringify({ found, opened, median: took.sort((a, b) => a - b)[took.length >> 1] }));
