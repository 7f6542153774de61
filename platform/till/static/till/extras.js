// What comes before the wallet's code: coupons and the member's card, typed or scanned anywhere.

import { Refusal, call } from "./api.js";
import { icon, make } from "./dom.js";
import * as money from "./money.js";
import { say } from "./words.js";

export const COUPONS_LIMIT = 5;
const CARD = /^9\d{17}$/;
const COUPON = /^[A-Z0-9]{4,32}$/;
export const NOTHING = { coupons: [], member: null };

/** ["wallet" | "member" | "coupon" | "none", text]. What can be a wallet's code is one, always. */
export function kindOf(text, whole) {
  const plain = text.replace(/[\s-]/g, "").toUpperCase();
  if (whole.test(plain)) return ["wallet", plain];
  if (CARD.test(plain)) return ["member", plain];
  return [COUPON.test(plain) ? "coupon" : "none", plain];
}

/** `extras` with one more; the same coupon twice is one. */
export function withOne(extras, kind, text) {
  if (kind === "member") return { ...extras, member: text };
  const coupons = [...new Set([...extras.coupons, text])].slice(0, COUPONS_LIMIT);
  return { ...extras, coupons };
}

/** What the API is told of them. */
export function bodyOf({ coupons, member }) {
  return { ...(coupons?.length ? { coupon: coupons } : {}), ...(member ? { member } : {}) };
}

/** What the customer would pay: {charged} or, refused, {fault}; {} where nobody answers. */
export async function tryOut(till, amount, extras) {
  if (!extras.coupons.length || amount === 0) return {};
  const { store } = till.pairing;
  const sale = { amount, currency: till.currency.code, store: store.id, ...bodyOf(extras) };
  try {
    return { charged: (await call("POST", "/v1/coupons/preview", sale)).amount_charged };
  } catch (error) {
    if (error instanceof Refusal && error.status !== 401) return { fault: faultOf(error) };
    return {}; // the payment will tell
  }
}

export function faultOf(refusal) {
  return refusal.cashier || `${say("failedCall")} (${refusal.message})`;
}

/** The field, and what stands there already; `change(extras)` hears of each change. */
export function extrasLine(till, { extras, isOpen, change, wallet, fail }) {
  const field = make("input", {
    id: "extra", class: "code small", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "48",
  });
  const take = () => {
    const text = field.value;
    field.value = "";
    if (text.trim()) add(text);
  };
  const add = (text) => {
    const [kind, plain] = kindOf(text, till.scanner.whole);
    if (kind === "wallet") wallet(plain);
    else if (kind === "none") fail(say("noCoupon"));
    else change(withOne(extras, kind, plain));
  };
  const without = {
    coupon: (code) => ({ ...extras, coupons: extras.coupons.filter((each) => each !== code) }),
    member: () => ({ ...extras, member: null }),
  };
  const chip = (kind, text) =>
    make(
      "li",
      { class: "chip" },
      `${say(kind)} ${text.length > 12 ? `•••• ${text.slice(-4)}` : text}`,
      make("button", { class: "quiet round", "aria-label": `${say("remove")}: ${say(kind)}`, onclick: () => change(without[kind](text)) }, icon("cross")),
    );
  const chips = extras.coupons.map((code) => chip("coupon", code));
  if (extras.member) chips.unshift(chip("member", extras.member));
  const shown = isOpen
    ? [make("label", { for: "extra" }, say("couponOrCard")), make("div", { class: "line" }, field, make("button", { onclick: take }, say("add")))]
    : [];
  const element = make("div", { class: "extras" }, shown, chips.length ? make("ul", { class: "chips" }, chips) : "");
  return { element, field, take, add };
}

/** "The customer pays HKD 112.80." */
export function pays(charged, currency) {
  return `${say("pays")} ${money.showWith(charged, currency)}`;
}
