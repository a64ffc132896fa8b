// Sound and vibration beside colour, shape and word. A browser gives sound only after a touch; until then it stays silent.
const TONES = {
  scan: [[880, 0, 0.08]],
  ok: [[660, 0, 0.12], [990, 0.13, 0.2]],
  bad: [[220, 0, 0.25], [180, 0.3, 0.4]],
};
const SHAKES = { scan: 40, ok: [80, 40, 80], bad: [250, 100, 250] };
const answered = new WeakSet();
let audio;

function context() {
  const Audio = window.AudioContext ?? window.webkitAudioContext;
  audio ??= Audio ? new Audio() : undefined;
  return audio;
}

function tone(player, [hertz, start, length]) {
  const oscillator = player.createOscillator();
  const volume = player.createGain();
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0.25, player.currentTime + start);
  volume.gain.exponentialRampToValueAtTime(0.001, player.currentTime + start + length);
  oscillator.connect(volume).connect(player.destination);
  oscillator.start(player.currentTime + start);
  oscillator.stop(player.currentTime + start + length);
}

async function play(kind) {
  // Chromium logs a complaint when a page that nobody has touched shakes.
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(SHAKES[kind]);
  const player = context();
  if (!player) return;
  if (player.state === "suspended") await Promise.race([player.resume(), new Promise((done) => { setTimeout(done, 200); })]);
  if (player.state === "running") TONES[kind].forEach((each) => tone(player, each));
}

export function scanned() {
  play("scan");
}

export function refused() {
  play("bad");
}

// The page of a result says data-feedback="ok" or "bad".
export function answerAloud() {
  document.querySelectorAll("[data-feedback]").forEach((element) => {
    if (answered.has(element)) return;
    answered.add(element);
    play(element.dataset.feedback === "ok" ? "ok" : "bad");
  });
}

document.addEventListener("pointerdown", () => context()?.resume(), { once: true });
