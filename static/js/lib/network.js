// Says when the network is gone, and does not send into nothing: what was typed stays on the page.
import { hideToast, toast } from "./toast.js";
import { word } from "./words.js";

export function networkGate() {
  if (navigator.onLine !== false) return true;
  toast(word("offline"));
  return false;
}

export function watchNetwork() {
  addEventListener("offline", () => toast(word("offline")));
  addEventListener("online", () => { hideToast(); toast(word("online"), { lasts: 3000 }); });
  if (navigator.onLine === false) toast(word("offline"));
  document.addEventListener("htmx:error", () => toast(word("offline"), { lasts: 8000 }));
  // htmx-config leaves the page as it is on 5xx, so somebody must say it.
  document.addEventListener("htmx:response:error", ({ detail }) => {
    if (detail.ctx.response.status >= 500) toast(word("failed"), { lasts: 8000 });
  });
}
