// What the customer takes along: on 80 mm paper, or photographed from the screen.

import { make } from "./dom.js";
import * as money from "./money.js";
import { currencyOf } from "./progress_view.js";
import { drawQr } from "./qr.js";
import { language, say } from "./words.js";

export function receiptView(till, { payment, from = "amount" }) {
  const currency = currencyOf(till, payment);
  const { merchant_name: merchant, store, terminal } = till.pairing;
  const leave = () => till.show(from);
  const lines = [
    ["date", new Date(payment.completed_at ?? payment.created_at).toLocaleString(language())],
    ["payment", payment.id],
    ["reference", payment.merchant_reference],
    payment.payer?.account ? ["paidBy", payment.payer.account] : null,
    ...savings(payment, currency),
    payment.amount_refunded ? ["refunded", money.showWith(payment.amount_refunded, currency)] : null,
  ].filter(Boolean);
  const paper = make(
    "article",
    { class: "receipt" },
    make("h1", {}, merchant),
    make("p", {}, `${store.name} · ${terminal.name}`),
    till.pairing.livemode ? "" : make("p", { class: "test" }, say("test")),
    make("p", { class: "sum" }, money.showWith(payment.amount_charged, currency)),
    make("p", {}, say(stateOf(payment))),
    make("dl", {}, lines.map(([name, value]) => [make("dt", {}, say(name)), make("dd", {}, value)])),
    drawQr(payment.id, payment.id),
  );
  const element = make(
    "section",
    { class: "narrow" },
    paper,
    make(
      "div",
      { class: "acts" },
      make("button", { class: "main", onclick: () => window.print(), "data-focus": true }, say("print")),
      make("button", { onclick: leave }, say("back")),
    ),
  );
  return { element, key: (event) => event.key === "Escape" && leave() };
}

/** The whole price and what was taken off it; nothing where it is what was charged. */
export function savings(payment, currency) {
  const saved = payment.amount - payment.amount_charged;
  if (!saved) return [];
  const parts = payment.reductions ?? [];
  return [
    ["price", money.showWith(payment.amount, currency)],
    ...parts.map(({ kind, amount }) => [kind, `−${money.showWith(amount, currency)}`]),
    ["saved", money.showWith(saved, currency)],
  ];
}

/** The word for what a payment is now, refunds included. */
export function stateOf(payment) {
  if (payment.status !== "succeeded" || !payment.amount_refunded) return payment.status;
  return payment.amount_refunded < payment.amount_charged ? "partRefunded" : "refunded";
}
