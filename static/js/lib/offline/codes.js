// Codes as points/codes.py reads them: 22 letters of Crockford's base 32, the last one a check character.
export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 22;
const VALUE = new Map([...[...ALPHABET].map((letter, at) => [letter, at]), ["I", 1], ["L", 1], ["O", 0]]);

const timesAlpha = (value) => ((value << 1) & 32 ? (value << 1) ^ 0b100101 : value << 1);

export function checkCharacter(body) {
  return ALPHABET[[...body].reduce((total, letter) => timesAlpha(total ^ VALUE.get(letter)), 0)];
}

// The code in what was scanned or typed, or null when it is not one of ours.
export function readCode(text) {
  const last = text.trim().split("?")[0].replace(/\/+$/, "").split("/").pop();
  const letters = [...last.toUpperCase()].filter((letter) => !" -\u3000".includes(letter));
  if (letters.length !== LENGTH || letters.some((letter) => !VALUE.has(letter))) return null;
  const code = letters.map((letter) => ALPHABET[VALUE.get(letter)]).join("");
  return checkCharacter(code.slice(0, -1)) === code.at(-1) ? code : null;
}
