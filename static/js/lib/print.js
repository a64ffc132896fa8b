// Only a script can print, so the button shows itself only now.
export function printButtons() {
  document.querySelectorAll("[data-print][hidden]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
}
