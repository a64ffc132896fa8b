// Frames for the reader: from the camera's video, from a picture file.
const HAS_FRAMES = typeof VideoFrame === "function";
const HAS_CANVAS_IN_WORKER = typeof OffscreenCanvas === "function";
// Long sides at which a picture is looked at; a phone takes 4000 and more, and a code in a corner of it is small.
const SIDES = [1280, 640, 2560];

// What the person sees: the finder is 4 : 3 and cuts the rest of the video off.
export function viewOf({ videoWidth, videoHeight }) {
  const even = (size) => Math.floor(size / 2) * 2;
  const width = even(Math.min(videoWidth, (videoHeight * 4) / 3));
  const height = even(Math.min(videoHeight, (videoWidth * 3) / 4));
  return { x: even((videoWidth - width) / 2), y: even((videoHeight - height) / 2), width, height };
}

export async function frameOf(video) {
  const view = viewOf(video);
  if (HAS_FRAMES) return [new VideoFrame(video), view];
  const { x, y, width, height } = view;
  if (HAS_CANVAS_IN_WORKER) return [await createImageBitmap(video, x, y, width, height)];
  return [drawn(video, x, y, width, height, width, height)];
}

// One after the other, the likeliest size first. Fails for a file that is no picture.
export async function* framesOf(file) {
  const picture = await createImageBitmap(file);
  const { width, height } = picture;
  const scales = new Set(SIDES.map((side) => Math.min(1, side / Math.max(width, height))));
  for (const scale of scales) {
    const wide = Math.max(1, Math.round(width * scale));
    const high = Math.max(1, Math.round(height * scale));
    if (HAS_CANVAS_IN_WORKER) yield await createImageBitmap(picture, { resizeWidth: wide, resizeHeight: high, resizeQuality: "high" });
    else yield drawn(picture, 0, 0, width, height, wide, high);
  }
  picture.close();
}

function drawn(source, x, y, width, height, wide, high) {
  const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: high });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, x, y, width, height, 0, 0, wide, high);
  return context.getImageData(0, 0, wide, high);
}
