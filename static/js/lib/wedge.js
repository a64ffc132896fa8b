// A USB scanner types like a keyboard, only faster, and ends with Enter or Tab. Typed into the marked field with Enter it is
// a plain form; after Tab, through a Chinese input method, or anywhere else on the page it is caught here and put there.
const GAP_MS = 60;
const SHORTEST = 6;
const ENDS = new Set(["Enter", "NumpadEnter", "Tab"]);
// With a Chinese input method on, the key's name is "Process"; its place on the keyboard still tells it.
const BY_PLACE = { Slash: "/", Period: ".", Minus: "-", Space: " " };

function character({ key, code, shiftKey }) {
  if (key.length === 1) return key;
  if (/^Key[A-Z]$/.test(code)) return shiftKey ? code[3] : code[3].toLowerCase();
  if (/^(Digit|Numpad)\d$/.test(code)) return code.at(-1);
  if (code === "Semicolon") return shiftKey ? ":" : ";";
  return BY_PLACE[code] ?? "";
}

function isTextField(element) {
  return element?.matches?.("input:not([type=radio], [type=checkbox], [type=button], [type=submit], [type=range]), textarea, select");
}

function put(text) {
  const input = document.querySelector("[data-wedge]");
  if (!input?.form) return;
  // A page that goes on choosing takes the text itself.
  if (!input.dispatchEvent(new CustomEvent("wedge", { bubbles: true, cancelable: true, detail: { text } }))) return;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.form.requestSubmit();
}

// On a desk the field waits for the scanner; on a phone the focus would open the keyboard over the camera.
function keepFocus() {
  const input = document.querySelector("[data-wedge]");
  if (input && document.activeElement === document.body && matchMedia("(pointer: fine)").matches) {
    input.focus({ preventScroll: true });
  }
}

export function listenForWedge() {
  let typed = "";
  let last = 0;
  let isMethod = false;

  function end(event, isOwn) {
    const text = typed;
    typed = "";
    const isPlain = isOwn && event.key === "Enter" && !isMethod;
    if (text.length < SHORTEST || isPlain) return;
    event.preventDefault();
    // An input method first lets go of the letters that it still holds.
    setTimeout(put, 0, text);
  }

  document.addEventListener("keydown", (event) => {
    const isOwn = event.target.matches?.("[data-wedge]");
    if ((isTextField(event.target) && !isOwn) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.timeStamp - last > GAP_MS) {
      typed = "";
      isMethod = false;
    }
    last = event.timeStamp;
    isMethod ||= event.key === "Process";
    if (ENDS.has(event.code || event.key)) {
      end(event, isOwn);
      return;
    }
    typed += character(event);
    // From the third fast key on it is a scanner: its space or slash must not scroll or search the page.
    if (!isOwn && typed.length > 2) event.preventDefault();
  }, true);
  keepFocus();
  document.addEventListener("htmx:after:swap", keepFocus);
}
