// On the page "check my points": fetches the statement, checks it on this phone, and says so in one sentence.
import { checkEntry, checkStatement, verdictOf } from "./lib/statement.js";

const box = document.querySelector("[data-verify]");
const filled = (text, facts) => text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
const part = (name, value = "") => box.querySelector(`[data-${name}${value ? `="${value}"` : ""}]`);

async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address} ${answer.status}`);
  return answer.json();
}

function show(verdict, checks, facts) {
  for (const [name, holds] of Object.entries(checks)) {
    const row = part("check", name);
    row.querySelector(".t").textContent = `${holds ? "\u2713" : "\u2717"} ${filled(holds ? row.dataset.good : row.dataset.bad, facts)}`;
    row.hidden = false;
  }
  part("checks").hidden = Object.keys(checks).length === 0;
  const sentence = part("verdict", verdict);
  sentence.querySelector(".note > div").textContent = filled(sentence.dataset.text, facts);
  sentence.hidden = false;
}

async function check() {
  const { checks, facts } = checkStatement(await fetched(box.dataset.verify), box.dataset.printed);
  if (box.dataset.entry) {
    // Not sealed yet is no fault: 404, and the sentence stays away.
    const answer = await fetched(box.dataset.proof).catch(() => null);
    if (answer) checks.entry = checkEntry(answer, box.dataset.entry);
  }
  show(verdictOf(checks), checks, facts);
}

if (box) {
  part("working").hidden = false;
  check().catch((problem) => { console.warn(problem); show("failed", {}, {}); }).finally(() => { part("working").hidden = true; });
}
