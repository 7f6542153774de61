// What comes before the wallet's code: coupons and the member's card, typed or scanned anywhere.

import { Refusal, call } from "./api.js";
import { icon, make } from "./dom.js";
import * as money from "./money.js";
import { say } from "./words.js";

export const COUPONS_LIMIT = 5;
const CARD = /^9\d{17}$/;
const COUPON = /^[A-Z0-9]{4,32}$/;
export const NOTHING = { coupons: [], member: null, points: null };

/** ["wallet" | "member" | "coupon" | "none", text]. What can be a wallet's code is one, always. */
export function kindOf(text, whole) {
  const plain = text.replace(/[\s-]/g, "").toUpperCase();
  if (whole.test(plain)) return ["wallet", plain];
  if (CARD.test(plain)) return ["member", plain];
  return [COUPON.test(plain) ? "coupon" : "none", plain];
}

/** What a sale that is kept was to have. */
export function extrasOf({ coupons, member, points }) {
  return { coupons: coupons ?? [], member: member ?? null, points: points ?? null };
}

/** `extras` with one more; the same coupon twice is one. Points are chosen again: others fit now. */
export function withOne(given, kind, text) {
  const extras = { ...given, points: null };
  if (kind === "member") return { ...extras, member: text };
  const coupons = [...new Set([...extras.coupons, text])].slice(0, COUPONS_LIMIT);
  return { ...extras, coupons };
}

/** What the API is told of them. */
export function bodyOf({ coupons, member, points }) {
  return { ...(coupons?.length ? { coupon: coupons } : {}), ...(member ? { member } : {}), ...(points ? { points } : {}) };
}

/** What the customer would pay and the points that they could: {charged, spendable} or, refused,
 * {fault}; {} where nobody answers. */
export async function tryOut(till, amount, extras) {
  if ((!extras.coupons.length && !extras.member) || amount === 0) return {};
  const { store } = till.pairing;
  const sale = { amount, currency: till.currency.code, store: store.id, ...bodyOf(extras) };
  try {
    const found = await call("POST", "/v1/coupons/preview", sale);
    return { charged: found.amount_charged, spendable: found.points_spendable };
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
    coupon: (code) => ({ ...extras, coupons: extras.coupons.filter((each) => each !== code), points: null }),
    member: () => ({ ...extras, member: null, points: null }),
    points: () => ({ ...extras, points: null }),
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
  if (extras.points) chips.push(chip("points", String(extras.points)));
  const shown = isOpen
    ? [make("label", { for: "extra" }, say("couponOrCard")), make("div", { class: "line" }, field, make("button", { onclick: take }, say("add")))]
    : [];
  const element = make("div", { class: "extras" }, shown, chips.length ? make("ul", { class: "chips" }, chips) : "");
  return { element, field, take, add };
}

/** "Use points: 700 (−HKD 7.00)", where the member has some and uses none yet. */
export function pointsOffer(till, extras, spendable, change) {
  if (!spendable || extras.points) return "";
  const worth = money.showWith(spendable.amount, till.currency);
  const use = () => change({ ...extras, points: spendable.points });
  return make("button", { class: "small", onclick: use }, `${say("usePoints")} ${spendable.points} (−${worth})`);
}

/** "The customer pays HKD 112.80." */
export function pays(charged, currency) {
  return `${say("pays")} ${money.showWith(charged, currency)}`;
}
