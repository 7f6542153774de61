// The end, large: colour, picture, words and sound; Enter begins the next sale.

import { icon, make } from "./dom.js";
import { extrasOf } from "./extras.js";
import * as money from "./money.js";
import { currencyOf } from "./progress_view.js";
import { savings } from "./receipt_view.js";
import { play } from "./sound.js";
import { say } from "./words.js";

export function endView(till, { payment, kept = {} }) {
  const isPaid = payment.status === "succeeded";
  const currency = currencyOf(till, payment);
  const sentence = payment.failure?.cashier_message ?? (isPaid ? "" : say("nothingCharged"));
  const next = () => till.show("amount");
  const extras = extrasOf(kept);
  const again = () => till.show("amount", { amount: payment.amount, extras });
  play(isPaid ? "yes" : "no");
  till.announce(`${say(payment.status)}. ${money.showWith(payment.amount_charged, currency)}. ${sentence}`);
  const element = make(
    "section",
    { class: `card narrow centre end ${isPaid ? "yes" : "no"}` },
    make("div", { class: "mark" }, icon(isPaid ? "check" : "cross")),
    make("h1", {}, say(payment.status)),
    make("p", { class: "sum" }, money.showWith(payment.amount_charged, currency)),
    savings(payment, currency).map(([name, text]) => make("p", { class: "quiet-text" }, `${say(name)} ${text}`)),
    sentence ? make("p", { class: "sentence" }, sentence) : "",
    payment.payer?.account && isPaid
      ? make("p", { class: "quiet-text" }, `${say("paidBy")} ${payment.payer.account}`)
      : "",
    make(
      "div",
      { class: "acts" },
      make("button", { class: "main", onclick: next }, say("next")),
      isPaid
        ? make("button", { onclick: () => till.show("receipt", { payment }) }, say("receipt"))
        : make("button", { onclick: again }, say("again")),
    ),
  );
  return {
    element,
    key(event) {
      if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) next();
    },
  };
}
