// Says of a text whether it is new: one that stays in view, or comes back within the time, is the same once more.
export function createSeen(milliseconds) {
  const last = new Map();
  return function isNew(text, now) {
    const before = last.get(text) ?? -Infinity;
    last.set(text, now);
    return now - before > milliseconds;
  };
}
