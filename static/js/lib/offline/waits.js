// Whether a hand-over waits to be told, for all tabs of this phone: also those that have no key to the queue at hand.
const WAITS = "yitian-till-waits";

export function noteWaits(isSo) {
  try {
    if (isSo) localStorage.setItem(WAITS, "1");
    else localStorage.removeItem(WAITS);
  } catch { /* forbidden: then it is told when the list is old */ }
}

export const somethingWaits = () => localStorage.getItem(WAITS) !== null;
