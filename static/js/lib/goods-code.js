// What a scanner reads off goods: the maker's barcode, or the code on our own price tag, which ends an address (app/web/tags.py).
// UPC-A and EAN-8 are EAN-13 with noughts in front; readers differ in how many they tell.
const padded = (code) => code.padStart(13, "0");
export const codeIn = (text) => text.split("#").pop().trim();

// EAN-8 to ITF-14. Fewer digits may as well be part of a name; whether they are a code of ours, isOf() tells.
export const isBarcode = (text) => /^\d{8,14}$/.test(text.trim());

export function isOf({ code, barcode }, text) {
  const read = codeIn(text);
  return Boolean(read) && ((Boolean(barcode) && padded(barcode) === padded(read)) || code === read.toUpperCase());
}

// Also what is not on our list: goods of another shop, or a packet that nobody entered.
export const looksLikeGoods = (text) => text.includes("#") || isBarcode(text);
