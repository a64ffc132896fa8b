// A line at the top and a word, but only when an answer takes longer than 300 ms.
import { hideToast, toast } from "./toast.js";
import { word } from "./words.js";

const AFTER_MS = 300;
const GIVE_UP_MS = 20_000;          // a form that answers with a file leaves this page where it is
let timer;
let line;

function show() {
  line = document.createElement("div");
  line.className = "wait-line";
  document.body.append(line);
  toast(word("waiting"));
  timer = setTimeout(stop, GIVE_UP_MS);
}

function start() {
  clearTimeout(timer);
  timer = setTimeout(show, AFTER_MS);
}

function stop() {
  clearTimeout(timer);
  if (!line) return;
  line.remove();
  line = undefined;
  hideToast();
}

// What asks by itself every second must not blink. The event itself may come from the document:
// htmx moves it there when the element that asked was replaced while its request stood in line.
function isPolling(element) {
  return (element.getAttribute("hx-trigger") ?? "").includes("every");
}

export function watchWaiting() {
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) start(); });
  document.addEventListener("htmx:before:request", ({ detail }) => {
    if (!isPolling(detail.ctx.sourceElement)) start();
  });
  document.addEventListener("htmx:finally:request", stop);
  addEventListener("pageshow", stop);
  addEventListener("pagehide", stop);
}
