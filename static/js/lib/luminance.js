// In the worker: the grey picture of a frame. A camera's frame mostly carries its brightness as a plane of its own, which is
// copied as it is; everything else is drawn and computed.
const PLANAR = /^(I420|I422|I444|NV12)A?$/;
let context;

// frame: VideoFrame, ImageBitmap or ImageData. view: the part that the person sees, {x, y, width, height}.
export async function greyOf(frame, view) {
  if (typeof VideoFrame === "function" && frame instanceof VideoFrame && PLANAR.test(frame.format ?? "")) return plane(frame, view);
  return computed("data" in frame ? frame : drawn(frame, view));
}

// Some phones keep the picture lying on its side in the frame: then the view does not fit and the whole is read.
function visible(frame, view) {
  const { x, y, width, height } = frame.visibleRect;
  if (!view || view.x + view.width > width || view.y + view.height > height) return { x, y, width, height };
  return { ...view, x: x + view.x, y: y + view.y };
}

async function plane(frame, view) {
  const rect = visible(frame, view);
  const whole = new Uint8Array(frame.allocationSize({ rect }));
  const [{ offset, stride }] = await frame.copyTo(whole, { rect });
  const { width, height } = rect;
  if (stride === width) return { grey: whole.subarray(offset, offset + width * height), width, height };
  const grey = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) grey.set(whole.subarray(offset + y * stride, offset + y * stride + width), y * width);
  return { grey, width, height };
}

function drawn(frame, view) {
  const { x, y, width, height } = view ?? { x: 0, y: 0, width: frame.width, height: frame.height };
  context ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  if (context.canvas.width !== width || context.canvas.height !== height) Object.assign(context.canvas, { width, height });
  context.drawImage(frame, x, y, width, height, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

function computed({ data, width, height }) {
  const grey = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < grey.length; at += 1, from += 4) grey[at] = (77 * data[from] + 150 * data[from + 1] + 29 * data[from + 2]) >> 8;
  return { grey, width, height };
}
