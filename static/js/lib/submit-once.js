// A form is sent once. Gates may hold a sending back; they answer true to let it pass.
// The server's request key makes a repeat harmless; this keeps a person from wondering.
const sending = new Map();          // form -> the buttons that were switched off
const GIVE_UP_MS = 20_000;

function hold(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === "submit" && !element.disabled);
}

function lock(form, event) {
  sending.set(form, []);
  // After the event, so that the name and value of the pressed button are still sent.
  setTimeout(() => {
    const stopped = event.defaultPrevented && !form.hasAttribute("data-htmx-powered");
    if (stopped) return release(form);
    const buttons = buttonsOf(form);
    buttons.forEach((button) => { button.disabled = true; });
    sending.set(form, buttons);
    return setTimeout(() => release(form), GIVE_UP_MS);
  });
}

function release(form) {
  sending.get(form)?.forEach((button) => { button.disabled = false; });
  sending.delete(form);
}

export function guardForms(gates) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (sending.has(form)) return hold(event);
    if (!gates.every((gate) => gate(form, event.submitter))) return hold(event);
    if (form.matches("[data-once]")) lock(form, event);
    return undefined;
  }, true);

  // Coming back by the browser's button shows the page as it was left: with its buttons off.
  addEventListener("pageshow", () => [...sending.keys()].forEach(release));
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
}
