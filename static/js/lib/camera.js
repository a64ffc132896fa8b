// The camera: which one, its light, its zoom.
const CHOSEN = "scan-camera";
const SIZE = { width: { ideal: 800 }, height: { ideal: 600 } };
const PROBLEMS = {
  NotAllowedError: "Denied", SecurityError: "Denied", NotFoundError: "None", OverconstrainedError: "None",
  NotReadableError: "Busy", AbortError: "Busy",
};

export function hasCameras() {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

// A word for what went wrong: Denied, None, Busy or Failed.
export function problemOf(error) {
  return PROBLEMS[error?.name] ?? "Failed";
}

// A browser may forbid the store; then the camera is chosen anew each time.
function remembered() {
  try { return localStorage.getItem(CHOSEN); } catch { return null; }
}

export function remember(id) {
  try { localStorage.setItem(CHOSEN, id); } catch { /* see above */ }
}

// Opens the chosen camera, or the one at the back, and shows it in the video.
export async function openCamera(video) {
  const id = remembered();
  const which = id ? { deviceId: { ideal: id } } : { facingMode: { ideal: "environment" } };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...SIZE, ...which } });
  video.srcObject = stream;
  const [track] = stream.getVideoTracks();
  try {
    await video.play();
  } catch (problem) {
    track.stop();
    throw problem;
  }
  const can = track.getCapabilities?.() ?? {};
  const set = (one) => track.applyConstraints({ advanced: [one] }).then(() => true, () => false);
  return {
    id: track.getSettings?.().deviceId ?? "",
    hasTorch: Boolean(can.torch),
    zoom: can.zoom?.max > can.zoom?.min ? can.zoom : null,
    torch: (on) => set({ torch: on }),
    zoomTo: (zoom) => set({ zoom }),
    stop: () => track.stop(),
  };
}

// [{id, label}], known only once a camera was allowed.
export async function cameras() {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId).map(({ deviceId, label }) => ({ id: deviceId, label }));
}
