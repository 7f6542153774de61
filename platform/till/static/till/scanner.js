// A scanner is a keyboard that types fast. Collects digits wherever the focus is.

const PAUSE_MS = 400; // between what a person types and what a scanner sends
const REST_MS = 350; // after the last digit of a scanner that sends no Enter
const LONG = 12; // no amount has as many digits: it is a scan
const QUICK_MS = 60; // a digit, from a scanner
const USUAL = 18; // digits of a wallet's code

/** Tells `onFirst()` of a burst's first digit, `onScan()` once it is too long to be an amount,
 * `onCode(text)` of a whole code, and `onNoCode(text)` of a scan that is none. */
export class Scanner {
  constructor(pattern, tell) {
    this.whole = new RegExp(`^${pattern}$`);
    this.tell = tell;
    this.digits = "";
    this.first = 0;
    this.last = 0;
  }

  get isScan() {
    return this.digits.length >= LONG;
  }

  /** True if the key belongs to a scan: the page must not act on it. */
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    if (event.timeStamp - this.last > PAUSE_MS) this.digits = "";
    this.last = event.timeStamp;
    clearTimeout(this.timer);
    if (/^[0-9]$/.test(event.key)) return this.digit(event);
    const ends = this.isScan && (event.key === "Enter" || event.key === "Tab");
    if (ends) this.finish();
    else if (event.key !== "Shift") this.digits = "";
    return ends;
  }

  digit(event) {
    if (this.digits === "") {
      this.first = event.timeStamp;
      this.tell.onFirst();
    }
    this.digits += event.key;
    if (this.digits.length === LONG) this.tell.onScan();
    if (this.isScan) this.timer = setTimeout(() => this.rest(), REST_MS);
    return this.isScan;
  }

  /** No Enter came: a scanner's code is whole now, a person's once it has the usual length. */
  rest() {
    const isQuick = (this.last - this.first) / this.digits.length < QUICK_MS;
    if (isQuick || isUsual(this.digits)) this.finish();
  }

  finish() {
    const text = this.digits;
    this.digits = "";
    if (this.whole.test(text)) this.tell.onCode(text);
    else this.tell.onNoCode(text);
  }
}

/** Whether somebody who types by hand has come to the end of a usual code. */
export function isUsual(text) {
  return text.length === USUAL;
}
