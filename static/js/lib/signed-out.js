// Who signs out leaves nothing behind on a lent phone: neither the own code nor the till without network. The page after
// it says so (data-signed-out).
export const MY_CODE = "yitian-my-code";
export const TILL_STAFF = "yitian-till-staff";

export function forgetCode() {
  if (!document.querySelector("[data-signed-out]")) return;
  try {
    [MY_CODE, TILL_STAFF].forEach((name) => localStorage.removeItem(name));
  } catch { /* forbidden: then nothing was kept either */ }
}
