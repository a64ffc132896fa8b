// zxing on grey pictures. The module reads one byte a pixel; going through it directly saves two conversions a frame.
import { defaultReaderOptions, prepareZXingModule } from "zxing-wasm/reader";

// The names of the two binarizers, as numbers: what the module itself takes.
export const LOCAL = 0;
export const FIXED = 2;
const PLAIN = {
  ...defaultReaderOptions, formats: "QRCode", binarizer: LOCAL, eanAddOnSymbol: 0, textMode: 0, characterSet: 0,
  tryInvert: false, maxNumberOfSymbols: 1,
};

// overrides: how the wasm is got, as Emscripten takes it. Answers read({grey, width, height}, options) -> {text, format}
// or null; options are those of zxing-wasm, formats a list with commas.
export async function openDecoder(overrides) {
  const module = await prepareZXingModule({ overrides, fireImmediately: true });
  let place = 0;
  let room = 0;
  return function read({ grey, width, height }, options) {
    if (grey.length > room) {
      if (place) module._free(place);
      room = grey.length;
      place = module._malloc(room);
    }
    module.HEAPU8.set(grey, place);
    const found = module.readBarcodesFromPixmap(place, width, height, { ...PLAIN, ...options });
    const [first] = Array.from({ length: found.size() }, (_, at) => found.get(at));
    found.delete?.();
    return first?.isValid ? { text: first.text, format: first.format } : null;
  };
}
