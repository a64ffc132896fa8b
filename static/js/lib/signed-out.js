// Who signs out leaves no code behind on a lent phone: the page after it says so (data-signed-out).
export const MY_CODE = "yitian-my-code";

export function forgetCode() {
  if (!document.querySelector("[data-signed-out]")) return;
  try {
    localStorage.removeItem(MY_CODE);
  } catch { /* forbidden: then nothing was kept either */ }
}
