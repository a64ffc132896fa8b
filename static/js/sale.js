// Choosing goods at the counter: a barcode adds a piece, a name finds, and the total follows. Without it the form does.
import { isOf } from "./lib/goods-code.js";
import { onContent } from "./lib/ready.js";

function setUp(list) {
  const form = list.closest("form");
  const find = form.querySelector("[data-find]");
  const total = form.querySelector("[data-total]");
  const rows = [...list.querySelectorAll("[data-code]")];
  const input = (row) => row.querySelector("input[type=number]");

  function add() {
    const points = rows.reduce((sum, row) => sum + Number(row.dataset.points) * (Math.trunc(Number(input(row).value)) || 0), 0);
    total.textContent = String(points);
  }

  function plusOne(row) {
    input(row).value = String(Math.min(Number(input(row).max), (Number(input(row).value) || 0) + 1));
    input(row).dispatchEvent(new Event("input", { bubbles: true }));
    row.scrollIntoView({ block: "nearest" });
  }

  function take(text) {
    const row = rows.find(({ dataset }) => isOf(dataset, text));
    if (!row) return false;
    plusOne(row);
    find.value = "";
    show("");
    return true;
  }

  function show(words) {
    rows.forEach((row) => { row.hidden = !row.dataset.name.toLowerCase().includes(words.toLowerCase()); });
  }

  find.addEventListener("input", () => { if (!/^\d{6,}$/.test(find.value)) show(find.value.trim()); });
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    take(find.value);
  });
  form.addEventListener("scan", ({ detail }) => take(detail.text));
  list.addEventListener("input", add);
  add();
}

onContent(() => document.querySelectorAll("[data-goods]:not(.live)").forEach((list) => {
  list.classList.add("live");
  setUp(list);
}));
