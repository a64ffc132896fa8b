// The check character of our codes: the same rule as points/codes.py, for a hint while somebody types.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 22;
const LOOK_ALIKES = { I: 1, L: 1, O: 0 };

function valueOf(letter) {
  return LOOK_ALIKES[letter] ?? ALPHABET.indexOf(letter);
}

function checkOf(values) {
  return values.reduce((total, value) => {
    const doubled = (total ^ value) << 1;
    return doubled & 32 ? doubled ^ 0b100101 : doubled;
  }, 0);
}

// "good", "wrong" (as long as a code, but no code), or "" while there is nothing to say: too short, or something else.
export function verdictOn(text) {
  const letters = [...text.trim().split("?")[0].replace(/\/+$/, "").split("/").pop().toUpperCase().replace(/[ \-\u3000]/g, "")];
  if (letters.length !== LENGTH) return "";
  const values = letters.map(valueOf);
  if (values.includes(-1)) return "wrong";
  return checkOf(values.slice(0, -1)) === values.at(-1) ? "good" : "wrong";
}
