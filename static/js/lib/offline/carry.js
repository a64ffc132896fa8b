// What somebody had in hand on a page of the counter when the network went: goes over to the kept page within this tab.
// {code, lines: [[item_id, pieces], ...], nonce, sent: addresses that got no answer}
const CARRIED = "yitian-till-carried", LEFT = "yitian-till-left", BACK = "yitian-till-back";
export const PAGE = "/counter/offline";
const LONGEST_AGE_MS = 60_000;

const valueOf = (selector) => document.querySelector(selector)?.value.trim() ?? "";

// Goods as sale/pick.html has them (q-<id>), and as the pages after it carry them (<id>:<pieces>:<points>).
function chosen() {
  const typed = [...document.querySelectorAll("[name^='q-']")].map(({ name, value }) => [name.slice(2), Number(value)]);
  const kept = [...document.querySelectorAll("[name=line]")].map(({ value }) => value.split(":")).map(([id, pieces]) => [id, Number(pieces)]);
  return new Map([...typed, ...kept].filter(([, pieces]) => Number.isInteger(pieces) && pieces > 0));
}

export function carry(sent) {
  const carried = { code: valueOf("[name=code]"), lines: [...chosen()], nonce: valueOf("#redeem [name=nonce]"), sent, at: Date.now() };
  sessionStorage.setItem(CARRIED, JSON.stringify(carried));
}

export function drop() {
  sessionStorage.removeItem(CARRIED);
}

// On the kept page: what was carried, once; null when the person came by themselves.
export function takeCarried() {
  const carried = JSON.parse(sessionStorage.getItem(CARRIED));
  drop();
  if (new URLSearchParams(location.search).has("left")) {
    sessionStorage.setItem(LEFT, "1");
    history.replaceState(null, "", PAGE);
    return carried && Date.now() - carried.at < LONGEST_AGE_MS ? carried : {};
  }
  return null;
}

export const hasLeft = () => sessionStorage.getItem(LEFT) !== null;

export function goBack() {
  sessionStorage.removeItem(LEFT);
  sessionStorage.setItem(BACK, "1");
  location.replace("/counter");
}

// Whether this page of the counter was reached that way; asked once.
export function cameBack() {
  const came = sessionStorage.getItem(BACK) !== null;
  sessionStorage.removeItem(BACK);
  return came;
}
