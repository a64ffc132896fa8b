// Typed text is kept in this tab until the form has gone through: a lost network, an expired sign-in or a closed page
// costs nothing. Never passwords, never hidden fields, never files.
//
// When does a form count as gone through? When the page after it is neither a sign-in (data-not-done), nor an error page
// (lib/not-done.js), nor the same form again without a good word: the browser's own "no network" page leads back to it.
import { onContent } from "./ready.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const SENT = "keep:sent";
const NEVER = new Set(["password", "hidden", "file", "submit", "button", "reset", "image"]);
const offered = new WeakSet();

function keyOf(form) {
  return `keep:${new URL(form.action, location.href).pathname}#${form.id}`;
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !NEVER.has(field.type) && field.autocomplete !== "off");
}

function isToggle(field) {
  return field.type === "radio" || field.type === "checkbox";
}

function read(form) {
  return fieldsOf(form).filter((field) => !isToggle(field) || field.checked).map((field) => [field.name, field.value]);
}

function fill(form, saved) {
  for (const field of fieldsOf(form)) {
    const values = saved.filter(([name]) => name === field.name).map(([, value]) => value);
    // A radio button is never switched off: yesterday's "today" is no choice any more, and then today's stands.
    if (field.type === "radio") field.checked ||= values.includes(field.value);
    else if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// Storage may be full or forbidden; then nothing is kept, and nothing breaks.
const store = {
  get(key) { try { return sessionStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { sessionStorage.setItem(key, value); } catch { /* forbidden or full */ } },
  drop(key) { try { sessionStorage.removeItem(key); } catch { /* forbidden */ } },
};

function hasWords(saved) {
  return saved.some(([, value]) => value.trim());
}

function offer(form) {
  if (offered.has(form)) return;
  offered.add(form);
  const saved = JSON.parse(store.get(keyOf(form)) ?? "[]");
  const same = JSON.stringify(saved) === JSON.stringify(read(form));
  if (same || !hasWords(saved)) return;
  toast(word("kept"), {
    actions: [
      [word("restore"), () => fill(form, saved)],
      [word("forget"), () => store.drop(keyOf(form))],
    ],
  });
}

function settleLast() {
  const key = store.get(SENT);
  if (!key) return;
  store.drop(SENT);
  const again = [...document.querySelectorAll("form[data-keep]")].some((form) => keyOf(form) === key);
  const praised = document.querySelector(".flashes .note.ok");
  const refused = document.querySelector("[data-not-done], .errors");
  if (!refused && (!again || praised)) store.drop(key);
}

export function keepTyped() {
  settleLast();
  onContent(() => document.querySelectorAll("form[data-keep]").forEach(offer));
  const save = ({ target }) => {
    const form = target.form;
    if (form?.matches("[data-keep]")) store.set(keyOf(form), JSON.stringify(read(form)));
  };
  document.addEventListener("input", save);
  document.addEventListener("change", save);
  document.addEventListener("submit", ({ target }) => {
    if (!target.matches("[data-keep]")) return;
    store.set(keyOf(target), JSON.stringify(read(target)));
    store.set(SENT, keyOf(target));
  });
}
