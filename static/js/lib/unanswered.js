// A confirmation that was sent and whose answer nobody saw: the counter's next page says so and leads to what became of it.
// <form data-sells> sends a nonce; <... data-answered="nonce"> is its answer; <div data-unanswered="/address/NONCE"> asks.
const SENT = "yitian-sent";

// Forbidden storage: then the link on the page itself is the way.
function kept(change) {
  try {
    return change(sessionStorage);
  } catch {
    return null;
  }
}

export function rememberSent() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-sells]")) kept((store) => store.setItem(SENT, form.elements.nonce.value));
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) askForAnswer(); });
}

export function askForAnswer() {
  const nonce = kept((store) => store.getItem(SENT));
  if (!nonce) return;
  if (document.querySelector(`[data-answered="${CSS.escape(nonce)}"]`)) {
    kept((store) => store.removeItem(SENT));
    return;
  }
  document.querySelectorAll("[data-unanswered]").forEach((box) => {
    box.querySelector("a").href = box.dataset.unanswered.replace("NONCE", nonce);
    box.hidden = false;
  });
}

export const isUnanswered = () => Boolean(kept((store) => store.getItem(SENT)));

// Given without network under the same nonce: the phone's queue tells of it.
export function forgetSent(nonce) {
  kept((store) => { if (store.getItem(SENT) === nonce) store.removeItem(SENT); });
}
