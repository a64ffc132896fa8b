// Loaded by the error pages as it is, without a build: what was typed before the error is to be kept (see keep-typed.js).
try {
  sessionStorage.removeItem("keep:sent");
} catch {
  // Storage is forbidden here; then nothing was kept either.
}
