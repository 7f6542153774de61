// Money is a whole number of the currency's minor unit, as everywhere; text is made at the edge.

export const LARGEST_DIGITS = 11; // 100,000,000.00 is the largest amount that Alipay takes

/** show(12050, {code: "HKD", minor_digits: 2}) → "120.50" */
export function show(minor, currency) {
  const digits = currency.minor_digits;
  const text = String(minor).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return digits ? `${whole}.${text.slice(-digits)}` : whole;
}

/** "HKD 120.50" */
export function showWith(minor, currency) {
  return `${currency.code} ${show(minor, currency)}`;
}

/** One more digit, as on a card terminal: the amount grows from the right. */
export function append(minor, digits) {
  const text = `${minor}${digits}`.replace(/^0+/, "");
  return text.length > LARGEST_DIGITS ? minor : Number(text || "0");
}

export function erase(minor) {
  return Math.floor(minor / 10);
}
