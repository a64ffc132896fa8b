// The page of the counter without network: shows what lib/offline/till.js decides, and asks the staff.
import { isOf, looksLikeGoods } from "./lib/goods-code.js";
import { goBack, hasLeft, takeCarried } from "./lib/offline/carry.js";
import { row, smallButton } from "./lib/offline/rows.js";
import { watchLine } from "./lib/offline/server.js";
import { staffHere } from "./lib/offline/staff.js";
import { forgetSent, isUnanswered } from "./lib/unanswered.js";
import { openStore } from "./lib/offline/store.js";
import { Till } from "./lib/offline/till.js";
import { MOST_PIECES, priceOf } from "./lib/offline/verdict.js";

const QUIET_MS = 5_000, STEADY = 3;
const REDEEMS = "/counter/redeem", SELLS = "/counter/sell";
const box = document.querySelector("[data-till]");
const words = document.getElementById("offline-words")?.dataset ?? {};
const part = (name) => box.querySelector(`[data-${name}]`);
const fill = (text, facts = {}) => (text ?? "").replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
const isEnglish = document.documentElement.lang === "en";
const nameOf = (item) => (isEnglish ? item[4] : item[3]);
const whyOf = (why) => words[`why${why.replace(/(^|_)(\w)/g, (_, __, letter) => letter.toUpperCase())}`] ?? why;
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
// What may have been sold, or may still be when the resident says yes, by where it was sent.
const UNSURE = { [SELLS]: "maybeSold", "/counter/ask": "maybeAsked" };
// text: the code in hand, "" while goods are chosen before one; nonce: that of an attempt on line that got no answer.
let till, text = "", nonce, lines = new Map(), shownPoints = null, isReady = false, beats = 0, touchedAt = 0;

const chosen = () => [...lines].filter(([, pieces]) => pieces > 0);
const isOpen = () => !part("slip").hidden;

function answer(kind, said) {
  const note = part("answer");
  note.className = `note ${kind}`;
  note.hidden = !said;
  part("answer-text").textContent = said;
}

function showState() {
  const { isOn, isStopped, snapshot, entries, untold, waiting, trouble } = till;
  const state = isStopped ? "stopped" : isOn ? "on" : "off";
  part("banner").className = `note ${{ stopped: "no", on: "ok", off: "wait" }[state]}`;
  part("banner").dataset.state = state;
  part("banner-text").textContent = isStopped ? words.whyStopped : !staffHere() ? words.whySignedOut : isOn ? words.online : words.offline;
  part("look").hidden = part("age").hidden = isStopped;
  part("age").textContent = !snapshot ? words.noAge : fill(words.age, {
    count: Object.keys(snapshot.orders).length, wallets: snapshot.allowances.length, when: clock(snapshot.made_at),
    until: clock(snapshot.valid_until),
  });
  part("queue").textContent = untold.length;
  part("queue-says").textContent = trouble && (trouble === "forged" || waiting.length) ? words[trouble] : "";
  part("queue-list").replaceChildren(...entries.map(([, entry]) => told(entry)));
}

function told(entry) {
  const state = words[entry.answer?.state ?? "waiting"];
  if (!entry.refused) return row(fill(words.household, entry), `${state} · ${fill(words.points, entry)}`);
  return row(words.refused, `${entry.answer ? words.noted : state} · ${clock(entry.at)} · ${whyOf(entry.why)}`);
}

function closeSlip() {
  part("slip").hidden = true;
  [text, nonce, lines] = ["", undefined, new Map()];
}

// Who it is, what goes over the counter and what it costs; for a person's code the goods are chosen here, before or after it.
function showSlip() {
  if (!text) { showGoodsOnly(); return; }
  const alone = till.judge(text);
  if (alone.verdict === "refuse") { refuse(alone); return; }
  const isPerson = alone.verdict === "choose", about = till.about(text);
  const found = isPerson && chosen().length ? till.judge(text, chosen()) : alone;
  if (found.verdict === "refuse") till.noteRefusal(text, chosen(), found);
  answer("no", found.verdict === "refuse" ? whyOf(found.why) : "");
  fillSlip(fill(words.household, about), isPerson ? withItems() : about.lines, isPerson);
  shownPoints = found.points;
  part("slip-points").textContent = found.verdict === "give" ? fill(words.points, found) : "";
  part("give").disabled = found.verdict !== "give";
}

const itemOf = (id) => till.snapshot.items.find((item) => item[0] === id);
const withItems = () => chosen().map(([id, pieces]) => [itemOf(id), pieces]).filter(([item]) => item);

function showGoodsOnly() {
  const shown = till.snapshot ? withItems() : [], now = till.now();
  if (!shown.length) { closeSlip(); return; }
  fillSlip(words.goodsFirst, shown, true);
  const points = shown.reduce((sum, [item, pieces]) => sum + priceOf(item, now) * pieces, 0);
  part("slip-points").textContent = fill(words.points, { points });
  part("give").disabled = true;
}

function fillSlip(who, shown, isPerson) {
  part("slip").hidden = false;
  part("slip-who").textContent = who;
  part("slip-lines").replaceChildren(...shown.map(([item, pieces]) => row(
    fill(words.pieces, { name: nameOf(item), pieces }), "",
    ...(isPerson ? [smallButton("−", `${words.oneLess} ${nameOf(item)}`, () => { lines.set(item[0], pieces - 1); showSlip(); })] : []),
  )));
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
    smallButton("+", nameOf(item), () => { addPiece(item); showSlip(); }),
  )));
}

function addPiece([id]) {
  lines.set(id, Math.min(MOST_PIECES, (lines.get(id) ?? 0) + 1));
}

// The goods stay for the next code: a phone's code grows old while somebody chooses. An order taken under our own nonce is
// most likely that attempt.
function refuse(found) {
  const isOurs = Boolean(nonce) && found.why === "used";
  if (!isOurs) till.noteRefusal(text, chosen(), found);
  [text, nonce] = ["", undefined];
  showSlip();
  answer(isOurs ? "wait" : "no", isOurs ? words.maybeSold : whyOf(found.why));
}

async function give() {
  part("give").disabled = true;
  try {
    const goods = part("goods").hidden ? [] : chosen();
    const found = await till.handOver(text, goods, { points: shownPoints, nonce });
    if (found.verdict !== "give") { showSlip(); return; }
    if (found.points !== shownPoints) { // an announced price has begun since
      showSlip();
      answer("wait", words.priceChanged);
      return;
    }
    if (nonce) forgetSent(nonce);
    closeSlip();
    answer("ok", `${words.give} · ${fill(words.points, found)}`);
  } catch (problem) {
    console.warn(problem);
    closeSlip();
    answer("no", problem?.name === "QuotaExceededError" ? words.full : words.broken);
  }
}

function lookUp(event) {
  event.preventDefault();
  const field = part("look").elements.code, typed = field.value;
  if (!isReady || !typed.trim()) return; // the camera may be quicker than the list: what it read stays in the field
  const item = till.snapshot?.items.find(([, code, barcode]) => isOf({ code, barcode }, typed));
  // On line the ordinary counter asks the server; what waits here is told meanwhile.
  if (till.isOn && !till.waiting.length && !isOpen() && !till.isStopped) {
    location.assign(item ? "/counter/sale" : `/counter?code=${encodeURIComponent(typed)}`);
    return;
  }
  field.value = "";
  if (item) takeGoods(item);
  else if (looksLikeGoods(typed)) answer("no", words.whyUnknownItem);
  else takeCode(typed);
}

function takeGoods(item) {
  if (text && part("goods").hidden) closeSlip(); // an order has its goods
  answer("", "");
  addPiece(item);
  showSlip();
}

const walletOf = (code) => (till.judge(code).verdict === "choose" ? till.about(code).allowance : null);

// What was chosen for one household is not another's.
function takeCode(typed, its) {
  const wallet = walletOf(typed);
  if (text && wallet && walletOf(text) !== wallet) closeSlip();
  answer("", "");
  [text, nonce] = [typed, its];
  showSlip();
}

// What was in hand on the counter's page when the network went. Sent without an answer: an order under its old nonce cannot
// count twice; a sale might, also one put before the resident, so it is not begun again. Goods chosen while a confirmation
// of an earlier page is unanswered are most likely those.
function goOn(carried) {
  const sent = carried?.sent ?? [], at = sent.find((address) => address in UNSURE);
  const unsure = at ? UNSURE[at] : carried?.lines?.length && isUnanswered() ? "maybeSold" : "";
  if (unsure) { answer("wait", words[unsure]); return; }
  lines = new Map(carried?.lines ?? []);
  if (carried?.code) {
    takeCode(carried.code, carried.nonce || undefined);
    if (isOpen() && sent.includes(REDEEMS)) answer("wait", words.maybeGiven);
  } else showSlip();
}

// Back to the counter from where the network's going brought somebody here, when all is told and nothing is in hand.
function goBackWhenDone() {
  const isIdle = !isOpen() && !part("look").elements.code.value && Date.now() - touchedAt > QUIET_MS;
  if (hasLeft() && beats >= STEADY && isIdle && !till.waiting.length && !till.trouble && !till.isStopped) goBack();
}

async function follow(isOn, now) {
  beats = isOn ? beats + 1 : 0;
  await till.line(isOn, now);
  goBackWhenDone();
}

function say(trouble) {
  box.hidden = box.dataset.enrolled !== "yes";
  part("banner-text").textContent = trouble;
}

async function start() {
  part("look").addEventListener("submit", lookUp);
  const isEnrolled = box.dataset.enrolled === "yes", store = await openStore();
  if (!store) { say(words.noHttps); return; }
  till = new Till(store, box.dataset.key, showState);
  await till.load();
  if (!isEnrolled && !till.entries.length && !till.snapshot) return;
  if (box.dataset.enrolled === "revoked") await till.stop();
  // A phone that is none only tells; whether its list must go says the server, for this page may be an old one.
  else if (!isEnrolled) till.isStopped = true;
  box.hidden = false;
  showState();
  part("goods-find").addEventListener("input", showGoods);
  part("give").addEventListener("click", give);
  part("drop").addEventListener("click", () => { closeSlip(); answer("", ""); });
  for (const touch of ["pointerdown", "input", "submit"]) addEventListener(touch, () => { touchedAt = Date.now(); }, true);
  addEventListener("storage", showState);
  navigator.storage?.persist?.();
  navigator.serviceWorker?.register(box.dataset.worker, { scope: "/counter" }).catch(console.warn);
  isReady = true;
  goOn(takeCarried());
  part("look").requestSubmit();
  watchLine((isOn, now) => follow(isOn, now).catch(console.warn));
}

if (box) start().catch((problem) => { console.warn(problem); say(words.broken); });
