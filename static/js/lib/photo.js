// Photos are shrunk before they are sent: at most 1600 px on the long side, about 300 kB, without place or device in it.
// What the browser cannot read (HEIC in some, a renamed text file) goes as it is: the server answers with a sentence.
import { toast } from "./toast.js";
import { word } from "./words.js";

const LONG_SIDE = 1600;
const SMALLER_SIDE = 1280;
const GOAL_BYTES = 300_000;
const QUALITIES = [0.8, 0.7, 0.6];
const PREVIEW = 224;
const working = new Map();          // form -> promise of all its photos

function size(bytes) {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function drawn(bitmap, longSide) {
  const scale = Math.min(1, longSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function encoded(canvas, quality) {
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
}

async function compressed(bitmap) {
  let best;
  for (const side of [LONG_SIDE, SMALLER_SIDE]) {
    const canvas = drawn(bitmap, side);
    for (const quality of QUALITIES) {
      best = await encoded(canvas, quality);
      if (!best || best.size <= GOAL_BYTES) return best;
    }
  }
  return best;
}

async function shrink(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const blob = await compressed(bitmap);
    if (!blob) return { file };
    const name = `${file.name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;
    return { file: new File([blob], name, { type: "image/jpeg" }), preview: drawn(bitmap, PREVIEW) };
  } catch {
    return { file };
  } finally {
    bitmap?.close();
  }
}

function figure({ file, preview }, original) {
  const box = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = preview ? word("shrunk", { from: size(original.size), to: size(file.size) }) : word("unread", { name: original.name });
  if (preview) {
    preview.setAttribute("role", "img");
    preview.setAttribute("aria-label", original.name);
    box.append(preview);
  }
  box.append(caption);
  return box;
}

async function take(input) {
  const originals = [...input.files];
  const shown = input.parentElement.querySelector("[data-previews]");
  shown?.replaceChildren();
  const photos = [];
  for (const file of originals) photos.push(await shrink(file));
  const transfer = new DataTransfer();
  photos.forEach(({ file }) => transfer.items.add(file));
  input.files = transfer.files;
  shown?.replaceChildren(...photos.map((photo, n) => figure(photo, originals[n])));
  const limit = Number(input.dataset.photo) * 1_000_000;
  const large = photos.find(({ file }) => limit && file.size > limit);
  if (large) toast(word("large", { name: large.file.name, size: size(large.file.size) }), { lasts: 10_000 });
}

export function shrinkPhotos() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("input[type=file][data-photo]") || !target.form) return;
    const { form } = target;
    const work = take(target).finally(() => { if (working.get(form) === work) working.delete(form); });
    working.set(form, work);
  });
}

// Sending waits for the shrinking, then goes on by itself.
export function photoGate(form, submitter) {
  const work = working.get(form);
  if (!work) return true;
  toast(word("shrinking"), { lasts: 4000 });
  work.finally(() => form.requestSubmit(submitter ?? undefined));
  return false;
}
