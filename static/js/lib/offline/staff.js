// The volunteer signed in on this phone, for all its tabs; gone after signing out (lib/signed-out.js). Null: nobody.
import { TILL_STAFF } from "../signed-out.js";

export function staffHere() {
  try {
    return localStorage.getItem(TILL_STAFF);
  } catch {
    return null;
  }
}

export function noteStaff(id) {
  try {
    if (id) localStorage.setItem(TILL_STAFF, id);
  } catch { /* forbidden: then nothing is given without network */ }
}
