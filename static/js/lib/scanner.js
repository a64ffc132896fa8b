// Camera -> frames -> worker -> text. One frame is in the worker at a time; the next is the newest there is.
const LONG_SIDE = 1024;
const SAME_AGAIN_MS = 3000;
const PROBLEMS = {
  NotAllowedError: "Denied", SecurityError: "Denied", NotFoundError: "None", OverconstrainedError: "None",
  NotReadableError: "Busy", AbortError: "Busy",
};

async function openCamera(video) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });
  video.srcObject = stream;
  await video.play();
  return stream;
}

function openWorker(url, wasmUrl) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { type: "module" });
    worker.addEventListener("error", reject, { once: true });
    worker.addEventListener("message", ({ data }) => (data.ready ? resolve(worker) : reject(new Error(data.error))), { once: true });
    worker.postMessage({ wasm: new URL(wasmUrl, location.href).href });
  });
}

function frameFrom(video, canvas) {
  const scale = Math.min(1, LONG_SIDE / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function eachNewFrame(video, act) {
  if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(act);
  else setTimeout(act, 60);
}

function readFrames(video, worker, onText) {
  const canvas = document.createElement("canvas");
  let running = true;
  let last = { text: "", at: 0 };
  const next = () => eachNewFrame(video, send);

  function send() {
    if (!running) return;
    if (!video.videoWidth) { next(); return; }
    const { data, width, height } = frameFrom(video, canvas);
    worker.postMessage({ buffer: data.buffer, width, height }, [data.buffer]);
  }

  worker.addEventListener("message", ({ data }) => {
    if (!running) return;
    const now = performance.now();
    if (data.text && (data.text !== last.text || now - last.at > SAME_AGAIN_MS)) {
      last = { text: data.text, at: now };
      onText(data.text);
    }
    next();
  });
  next();
  return () => { running = false; };
}

// Answers null when it could not start; onProblem was told why: Denied, None, Busy or Failed.
export async function startScanner({ video, workerUrl, wasmUrl, onText, onProblem }) {
  let stream;
  let worker;
  try {
    [stream, worker] = await Promise.all([openCamera(video), openWorker(workerUrl, wasmUrl)]);
  } catch (problem) {
    video.srcObject?.getTracks().forEach((track) => track.stop());
    onProblem(PROBLEMS[problem?.name] ?? "Failed");
    return null;
  }
  const stopReading = readFrames(video, worker, onText);
  const [track] = stream.getVideoTracks();
  return {
    hasTorch: Boolean(track.getCapabilities?.().torch),
    torch: (on) => track.applyConstraints({ advanced: [{ torch: on }] }).then(() => true, () => false),
    stop() {
      stopReading();
      worker.terminate();
      track.stop();
    },
  };
}
