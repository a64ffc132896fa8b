// The page of the counter without network: shows what lib/offline/till.js decides, and asks the staff.
import { watchLine } from "./lib/offline/server.js";
import { openStore } from "./lib/offline/store.js";
import { Till } from "./lib/offline/till.js";
import { priceOf } from "./lib/offline/verdict.js";

const box = document.querySelector("[data-till]");
const words = document.getElementById("offline-words")?.dataset ?? {};
const part = (name) => box.querySelector(`[data-${name}]`);
const fill = (text, facts = {}) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
const isEnglish = document.documentElement.lang === "en";
const nameOf = (item) => (isEnglish ? item[4] : item[3]);
const whyOf = (why) => words[`why${why.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase())}`] ?? why;
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
let till, text = "", lines = new Map(), shownPoints = null;

function row(title, detail, ...buttons) {
  const item = document.createElement("li"), inside = document.createElement("div"), said = document.createElement("span");
  item.className = "row";
  for (const [kind, content] of [["t", title], ["d", detail]]) {
    const line = document.createElement("span");
    line.className = kind;
    line.textContent = content;
    said.append(line, " ");
  }
  inside.append(said, ...buttons);
  item.append(inside);
  return item;
}

function smallButton(label, name, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn line mini";
  button.textContent = label;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", act);
  return button;
}

function answer(kind, said) {
  const note = part("answer");
  note.className = `note ${kind}`;
  note.hidden = !said;
  part("answer-text").textContent = said;
}

function showState() {
  const { isOn, snapshot, entries, waiting, trouble } = till;
  part("banner").className = `note ${isOn ? "ok" : "wait"}`;
  part("banner").dataset.state = isOn ? "on" : "off";
  part("banner-text").textContent = isOn ? words.online : words.offline;
  part("age").textContent = !snapshot ? words.noAge : fill(words.age, {
    count: Object.keys(snapshot.orders).length, wallets: snapshot.allowances.length, when: clock(snapshot.made_at),
    until: clock(snapshot.valid_until),
  });
  part("queue").textContent = waiting.length;
  part("queue-says").textContent = trouble && (trouble === "forged" || waiting.length) ? words[trouble] : "";
  part("queue-list").replaceChildren(...entries.map(([, entry]) => row(
    fill(words.household, entry), `${words[entry.answer?.state ?? "waiting"]} · ${fill(words.points, entry)}`,
  )));
}

function closeSlip() {
  part("slip").hidden = true;
  [text, lines] = ["", new Map()];
}

const chosen = () => [...lines].filter(([, pieces]) => pieces > 0);

// Who it is, what goes over the counter and what it costs; for a person's code the goods are chosen here.
function showSlip() {
  const found = till.judge(text, chosen());
  if (found.verdict === "refuse" && !chosen().length) return refuse(found.why);
  const about = till.about(text), isPerson = about.allowance !== undefined;
  const shown = isPerson ? chosen().map(([id, pieces]) => [till.snapshot.items.find((item) => item[0] === id), pieces]) : about.lines;
  answer("no", found.verdict === "refuse" ? whyOf(found.why) : "");
  part("slip").hidden = false;
  part("slip-who").textContent = fill(words.household, about);
  part("slip-lines").replaceChildren(...shown.map(([item, pieces]) => row(
    fill(words.pieces, { name: nameOf(item), pieces }), "",
    ...(isPerson ? [smallButton("−", `${words.oneLess} ${nameOf(item)}`, () => { lines.set(item[0], pieces - 1); showSlip(); })] : []),
  )));
  shownPoints = found.points;
  part("slip-points").textContent = found.verdict === "give" ? fill(words.points, found) : "";
  part("give").disabled = found.verdict !== "give";
  part("goods").hidden = !isPerson;
  if (isPerson) showGoods();
}

function showGoods() {
  const typed = part("goods-find").value.trim().toLowerCase(), { taken } = till.local;
  const free = (item) => item[6] - (taken[item[0]] ?? 0) - (lines.get(item[0]) ?? 0);
  const fits = (item) => [item[1], item[2], item[3], item[4]].some((one) => one?.toLowerCase().includes(typed));
  const found = till.snapshot.items.filter((item) => !item[7] && item[6] > 0 && fits(item)).slice(0, 30), now = till.now();
  part("goods-list").replaceChildren(...found.map((item) => row(
    nameOf(item), fill(words.item, { points: priceOf(item, now), free: free(item) }),
    smallButton("+", nameOf(item), () => { lines.set(item[0], (lines.get(item[0]) ?? 0) + 1); showSlip(); }),
  )));
}

function refuse(why) {
  closeSlip();
  answer("no", whyOf(why));
}

async function give() {
  const found = till.judge(text, chosen());
  if (found.verdict !== "give") { showSlip(); return; }
  if (found.points !== shownPoints) { // an announced price has begun since
    showSlip();
    answer("wait", words.priceChanged);
    return;
  }
  part("give").disabled = true;
  try {
    await till.handOver(text, chosen(), found);
  } catch (problem) {
    console.warn(problem);
    closeSlip();
    answer("no", problem?.name === "QuotaExceededError" ? words.full : words.broken);
    return;
  }
  closeSlip();
  answer("ok", `${words.give} · ${fill(words.points, found)}`);
}

function lookUp(event) {
  event.preventDefault();
  const field = part("look").elements.code, typed = field.value;
  if (!typed.trim()) return;
  // On line the ordinary counter asks the server; what waits here is told meanwhile.
  if (till.isOn && !till.waiting.length) { location.assign(`/counter?code=${encodeURIComponent(typed)}`); return; }
  field.value = "";
  const isBarcode = !part("slip").hidden && !part("goods").hidden && till.snapshot.items.find((item) => item[2] === typed.trim());
  if (isBarcode) lines.set(isBarcode[0], (lines.get(isBarcode[0]) ?? 0) + 1);
  else {
    closeSlip();
    text = typed;
  }
  showSlip();
}

async function start() {
  box.hidden = false;
  const store = await openStore();
  if (!store) { part("banner-text").textContent = words.noHttps; return; }
  till = new Till(store, box.dataset.key, showState);
  await till.load();
  showState();
  part("look").addEventListener("submit", lookUp);
  part("goods-find").addEventListener("input", showGoods);
  part("give").addEventListener("click", give);
  part("drop").addEventListener("click", () => { closeSlip(); answer("", ""); });
  navigator.storage?.persist?.();
  await navigator.serviceWorker?.register("/sw.js", { scope: "/counter/offline" });
  watchLine((isOn, now) => till.line(isOn, now).catch(console.warn));
}

if (box?.dataset.enrolled === "yes") {
  start().catch((problem) => { console.warn(problem); part("banner-text").textContent = words.broken; });
}
