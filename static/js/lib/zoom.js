// A small photo opens large over the page; without script its link opens the picture itself.
import { word } from "./words.js";

function dialogFor(link) {
  const dialog = document.createElement("dialog");
  const image = new Image();
  image.src = link.href;
  image.alt = link.querySelector("img")?.alt ?? "";
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.className = "btn full";
  close.textContent = word("close");
  form.append(close);
  dialog.append(image, form);
  dialog.addEventListener("click", ({ target }) => { if (target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  return dialog;
}

export function zoomPhotos() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-zoom]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const dialog = dialogFor(link);
    document.body.append(dialog);
    dialog.showModal();
  });
}
