// Frames of a video, one after the other, through the reader: each new text is told once.
import { frameOf } from "./frames.js";
import { createSeen } from "./seen.js";

const SAME_AGAIN_MS = 3000;

// The next picture that the camera gives; the last one may be read already.
function newFrame(video) {
  return new Promise((resolve) => {
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(resolve);
    else setTimeout(resolve, 60);
  });
}

// formats() tells which codes count just now, onText({text, format}) gets what is found. Answers {pause, resume, stop}.
export function scanVideo(video, reader, { formats, onText }) {
  const isNew = createSeen(SAME_AGAIN_MS);
  let state = "running";
  let wake;

  async function look() {
    try {
      const [frame, view] = await frameOf(video);
      return await reader.read(frame, { view, formats: formats() });
    } catch {
      // The camera was just turned off or is not on yet: no picture, nothing found.
      return null;
    }
  }

  async function run() {
    while (state !== "stopped") {
      // Asked for before the reading: whatever comes meanwhile is read at once.
      const next = newFrame(video);
      const found = state === "running" && video.videoWidth ? await look() : null;
      if (found && state === "running" && isNew(found.text, performance.now())) onText(found);
      if (state === "paused") await new Promise((resolve) => { wake = resolve; });
      await next;
    }
  }

  const to = (next) => { if (state !== "stopped") state = next; wake?.(); };
  run();
  return { pause: () => to("paused"), resume: () => to("running"), stop: () => to("stopped") };
}
