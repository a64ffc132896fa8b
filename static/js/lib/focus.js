// Complaints about a form take the focus once, so that keyboard and screen reader start there.
export function focusFirstError() {
  const box = document.querySelector("[data-focus]:not([data-focused])");
  if (!box) return;
  box.dataset.focused = "";
  box.focus();
}
