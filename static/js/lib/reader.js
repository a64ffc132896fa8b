// The page's end of scan-worker.js: one frame is in the worker at a time.
// The page compiles the wasm while it arrives and while the worker is still loading its script.
async function compiled(url) {
  try {
    return await WebAssembly.compileStreaming(fetch(url));
  } catch {
    return WebAssembly.compile(await (await fetch(url)).arrayBuffer());
  }
}

// Answers {ready, read, close}; ready fails when worker or wasm cannot be had.
export function createReader(workerUrl, wasmUrl) {
  const worker = new Worker(workerUrl, { type: "module" });
  let answer;
  const ready = new Promise((resolve, reject) => {
    worker.addEventListener("error", (problem) => {
      reject(problem);
      answer?.(null);
    });
    worker.addEventListener("message", ({ data }) => {
      if (data.ready) resolve();
      else if (data.error) reject(new Error(data.error));
      else answer?.(data.found);
    });
    compiled(wasmUrl).then((module) => worker.postMessage({ module }), reject);
  });
  ready.catch(() => {});
  let last = ready;

  // frame: VideoFrame, ImageBitmap or ImageData, given away. Answers {text, format} or null.
  function read(frame, options = {}) {
    const reading = last.then(() => new Promise((resolve) => {
      answer = resolve;
      worker.postMessage({ frame, ...options }, [frame.data ? frame.data.buffer : frame]);
    }));
    last = reading.catch(() => {});
    return reading;
  }

  return { ready, read, close: () => worker.terminate() };
}
