// Choosing goods at the counter: a barcode adds a piece, a name finds, and the total follows. Without it the form does.
import { refused } from "./lib/feedback.js";
import { codeIn, isBarcode, isOf } from "./lib/goods-code.js";
import { onContent } from "./lib/ready.js";
import { toast } from "./lib/toast.js";

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

  // What was scanned and is not added is said and sounded: the reader's own beep only means that it was read.
  function refuse(text) {
    refused();
    toast(text, { lasts: 8000 });
  }

  function plusOne(row) {
    if (Number(input(row).value) >= Number(input(row).max)) {
      refuse(list.dataset.sayShort.replace("{name}", row.dataset.called).replace("{left}", input(row).max));
      return;
    }
    input(row).value = String((Number(input(row).value) || 0) + 1);
    input(row).dispatchEvent(new Event("input", { bubbles: true }));
    row.scrollIntoView({ block: "nearest" });
  }

  function take(text) {
    const row = rows.find(({ dataset }) => isOf(dataset, text));
    if (row) plusOne(row);
    else refuse(list.dataset.sayUnknown.replace("{code}", codeIn(text)));
    find.value = "";
    show("");
  }

  // Enter after a name: the only one that is left is meant. A number that is one of ours, however short, is no name.
  function enter() {
    const left = rows.filter((row) => !row.hidden), typed = find.value;
    const isName = !isBarcode(typed) && !rows.some(({ dataset }) => isOf(dataset, typed));
    if (!typed.trim()) return;
    if (isName && left.length === 1) take(left[0].dataset.code);
    else if (isName && left.length !== rows.length && left.length > 1) left[0].scrollIntoView({ block: "nearest" });
    else take(typed);
  }

  function show(words) {
    rows.forEach((row) => { row.hidden = !row.dataset.name.toLowerCase().includes(words.toLowerCase()); });
  }

  find.addEventListener("input", () => { if (!isBarcode(find.value)) show(find.value.trim()); });
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    enter();
  });
  find.addEventListener("wedge", (event) => { event.preventDefault(); take(event.detail.text); });
  form.addEventListener("scan", ({ detail }) => take(detail.text));
  list.addEventListener("input", add);
  add();
}

onContent(() => document.querySelectorAll("[data-goods]:not(.live)").forEach((list) => {
  list.classList.add("live");
  setUp(list);
}));
