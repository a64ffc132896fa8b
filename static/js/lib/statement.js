// Checks a household's statement: every line against its seal, the seal against the printed one, the sum against the
// balance. Gives what the page says: {verdict, checks: {name: true | false}, facts}. No page, no network.
import { bytes, isConsistent, isMarkOf, leafHash, openingsHold, readNote, rootOfInclusion, same } from "./sealed.js";

// ``mark``: what stands on the board, as the reader gave it; the site's own word for it does not count.
export function checkStatement(statement, mark = "") {
  const head = readNote(statement.checkpoint);
  const lines = statement.entries.map((entry) => ownLine(entry, head, statement.owner));
  const wrong = statement.entries.filter((_, at) => lines[at] === null);
  const rows = [...lines.filter((line) => line !== null), ...statement.later.map(({ no, points }) => ({ no, points }))];
  const { available, held, lapsed } = statement.balance;
  const sum = total(rows) + total(statement.arrived);
  const checks = {
    lines: wrong.length === 0,
    own: rows.map(({ no }) => no).sort((a, b) => a - b).every((no, at) => no === at + 1),
    signature: head.isSigned,
    sum: sum === available + held + lapsed,
  };
  if (mark) checks.printed = printedHolds(statement.printed, mark, head);
  if (statement.later.length) checks.later = true;
  const facts = {
    count: lines.length, wrong: wrong.length, numbers: wrong.map(({ position }) => position).join(", "), last: rows.length,
    sum, points: available + held + lapsed, available, held, later: statement.later.length,
  };
  return { checks, facts, verdict: verdictOf(checks) };
}

export function verdictOf(checks) {
  if (Object.values(checks).includes(false)) return "bad";
  return checks.printed ? "good" : "unprinted";
}

const total = (rows) => rows.reduce((sum, { points }) => sum + points, 0);

// Number and points of a line that is in the seal and the owner's; null for any other.
function ownLine(entry, head, owner) {
  if (!entryHolds(entry, head)) return null;
  const line = JSON.parse(entry.line);
  const sides = ["from", "to"].filter((side) => entry.open[`${side}_who`]?.value === owner);
  if (line.kind !== "transfer" || !["posted", "post"].includes(line.move) || line.unit !== "points" || sides.length !== 1) return null;
  return { no: line[`${sides[0]}_no`], points: sides[0] === "to" ? line.amount : -line.amount };
}

function entryHolds(entry, head) {
  if (entry.line === null) return false;
  const root = rootOfInclusion(leafHash(entry.line), entry.position, head.size, entry.proof.map(bytes));
  return root !== null && same(root, head.root) && openingsHold(JSON.parse(entry.line), entry.open);
}

function printedHolds(printed, mark, head) {
  if (!printed?.note) return false;
  const old = readNote(printed);
  return old.isSigned && isMarkOf(mark, old)
    && isConsistent(old.size, head.size, old.root, head.root, printed.proof.map(bytes));
}

// One entry that somebody came for, with its own proof in the newest seal.
export function checkEntry(answer, id) {
  const head = readNote(answer.checkpoint);
  return answer.entry.id === id && head.isSigned && entryHolds(answer.entry, head);
}
