// A scanner is a keyboard that types fast. Collects what it types wherever the focus is: a wallet's
// code or a card is digits alone, a coupon has letters.

const PAUSE_MS = 400; // between what a person types and what a scanner sends
const REST_MS = 350; // after the last character of a scanner that sends no Enter
const LONG = 12; // no amount has as many digits: it is a scan
const SHORTEST = 4; // characters of a coupon
const QUICK_MS = 60; // a character, from a scanner
const USUAL = 18; // digits of a wallet's code

/** Tells `onFirst()` of a burst's first character, `onScan()` once it is too long to be an amount or
 * has come to its end with letters, `onCode(text)` of a whole wallet's code, `onText(text)` of what
 * has letters, and `onNoCode(text)` of digits that are no wallet's code. */
export class Scanner {
  constructor(pattern, tell) {
    this.whole = new RegExp(`^${pattern}$`);
    this.tell = tell;
    this.text = "";
    this.first = 0;
    this.last = 0;
  }

  get hasLetters() {
    return /[A-Za-z]/.test(this.text);
  }

  get isScan() {
    return this.hasLetters ? this.text.length >= SHORTEST : this.text.length >= LONG;
  }

  /** True if the key belongs to a scan: the page must not act on it. Letters that go into a field
   * are the field's. */
  key(event, isField = false) {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    if (event.timeStamp - this.last > PAUSE_MS) this.text = "";
    this.last = event.timeStamp;
    clearTimeout(this.timer);
    if (/^[0-9]$/.test(event.key)) return this.character(event);
    if (/^[A-Za-z-]$/.test(event.key) && !isField) return this.character(event);
    const ends = this.isScan && (event.key === "Enter" || event.key === "Tab");
    if (ends) this.finish();
    else if (event.key !== "Shift") this.text = "";
    return ends;
  }

  character(event) {
    if (this.text === "") {
      this.first = event.timeStamp;
      this.tell.onFirst();
    }
    this.text += event.key;
    if (this.text.length === LONG && !this.hasLetters) this.tell.onScan();
    if (this.isScan) this.timer = setTimeout(() => this.rest(), REST_MS);
    return this.isScan || this.hasLetters;
  }

  /** No Enter came: a scanner's code is whole now, a person's once it has the usual length. */
  rest() {
    const isQuick = (this.last - this.first) / this.text.length < QUICK_MS;
    if (isQuick || isUsual(this.text)) this.finish();
  }

  finish() {
    const { text, hasLetters } = this;
    this.text = "";
    if (hasLetters) {
      this.tell.onScan(); // its digits stood for no amount
      this.tell.onText(text);
    } else if (this.whole.test(text)) this.tell.onCode(text);
    else this.tell.onNoCode(text);
  }
}

/** Whether somebody who types by hand has come to the end of a usual code. */
export function isUsual(text) {
  return text.length === USUAL;
}
