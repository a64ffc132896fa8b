// Reads cases as JSON, checks each as the page "check my points" does, and prints what it finds.
import { checkEntry, checkStatement } from "../../static/js/lib/statement.js";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const found = JSON.parse(text).map(({ statement, mark, entry, id }) => {
  try {
    return entry ? { entry: checkEntry(entry, id) } : checkStatement(statement, mark);
  } catch (problem) {
    return { verdict: "failed", problem: String(problem) };
  }
});
console.log(JSON.stringify(found));
