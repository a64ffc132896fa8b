// A confirmation that was sent and whose answer nobody saw: the counter's next page says so and leads to what became of it.
// <form data-sells> sends a nonce; <... data-answered="nonce"> is its answer; <template data-unanswered="/address/NONCE"> has the
// words for the live region before it.
const SENT = "yitian-sent";

// Forbidden storage: then the link on the page itself is the way.
function kept(change) {
  try {
    return change(sessionStorage);
  } catch {
    return null;
  }
}

const answerTo = (nonce) => document.querySelector(`[data-answered="${CSS.escape(nonce)}"]`);

export function rememberSent() {
  document.addEventListener("submit", ({ target, submitter }) => {
    if (!target.matches("[data-sells]") || submitter?.hasAttribute("formaction")) return; // that button asks, it sells nothing
    const nonce = target.elements.nonce.value;
    kept((store) => store.setItem(SENT, nonce));
    answerTo(nonce)?.removeAttribute("data-answered"); // the page answered the time before
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) askForAnswer(); });
}

export function askForAnswer() {
  const nonce = kept((store) => store.getItem(SENT));
  if (!nonce) return;
  if (answerTo(nonce)) {
    kept((store) => store.removeItem(SENT));
    return;
  }
  document.querySelectorAll("[data-unanswered]").forEach((words) => {
    const said = words.content.cloneNode(true);
    said.querySelector("a").href = words.dataset.unanswered.replace("NONCE", nonce);
    words.previousElementSibling.replaceChildren(said);
  });
}

export const isUnanswered = () => Boolean(kept((store) => store.getItem(SENT)));

// Given without network under the same nonce: the phone's queue tells of it.
export function forgetSent(nonce) {
  kept((store) => { if (store.getItem(SENT) === nonce) store.removeItem(SENT); });
}
