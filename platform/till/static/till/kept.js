// Whether this till is paired, and the sale in hand, kept over a reload or a dead battery until its end is known. No payment code.

const NAME = "tillgate.sale";
const PAIRED = "tillgate.paired";

/** Whether a key was put into the cookie, which we cannot read ourselves. */
export function isPaired() {
  return localStorage.getItem(PAIRED) === "1";
}

export function setPaired(is) {
  localStorage.setItem(PAIRED, is ? "1" : "0");
}

/** {reference, amount, currency, mode, terminal, coupons?, member?, points?, id?} or null. */
export function keptSale() {
  try {
    return JSON.parse(localStorage.getItem(NAME));
  } catch {
    return null;
  }
}

export function keep(sale) {
  localStorage.setItem(NAME, JSON.stringify(sale));
}

export function forget() {
  localStorage.removeItem(NAME);
}

/** A reference that no other sale of any till has: time, then chance. */
export function newReference() {
  const random = crypto.getRandomValues(new Uint32Array(2));
  const chance = [...random].map((part) => part.toString(36).padStart(7, "0")).join("");
  return `till-${Date.now().toString(36)}-${chance}`;
}
