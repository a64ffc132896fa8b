// Reads codes out of frames. First message: {module, size} (compiled wasm); answer {ready: true} or {error}. Then for each
// frame {frame, view, formats, patient}: answer {found: {text, format}} or {found: null}.
import { openDecoder } from "./lib/decoder.js";
import { greyOf } from "./lib/luminance.js";
import { createLook } from "./lib/scan-attempts.js";

let look;

async function start({ module }) {
  try {
    const read = await openDecoder({
      instantiateWasm: (imports, done) => {
        WebAssembly.instantiate(module, imports).then((instance) => done(instance, module), (problem) => postMessage({ error: String(problem) }));
        return {};
      },
    });
    look = createLook(read);
    postMessage({ ready: true });
  } catch (problem) {
    postMessage({ error: String(problem) });
  }
}

async function read({ frame, view, formats, patient }) {
  let found = null;
  try {
    found = look(await greyOf(frame, view), { formats, patient });
  } catch {
    // A frame that cannot be read must not stop the next one.
  }
  frame.close?.();
  postMessage({ found });
}

addEventListener("message", ({ data }) => (data.module ? start(data) : read(data)));
