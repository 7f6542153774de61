// Today's payments of this terminal, their totals, and refunds with the PIN.

import { Refusal, list } from "./api.js";
import { make } from "./dom.js";
import * as money from "./money.js";
import { currencyOf } from "./progress_view.js";
import { stateOf } from "./receipt_view.js";
import { openRefund } from "./refund_dialog.js";
import { language, say } from "./words.js";

export function todayView(till) {
  const place = make("div", { class: "wide", "aria-busy": "true" });
  const element = make("section", { class: "card" }, make("h1", {}, say("today")), place);
  const load = async () => {
    try {
      fill(place, till, await paymentsOfToday(till), load);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) till.unpaired();
      else place.replaceChildren(make("p", { class: "fault", role: "alert" }, say("failedCall")));
    }
    place.removeAttribute("aria-busy");
  };
  load();
  return { element, key: (event) => event.key === "Escape" && till.show("amount") };
}

function paymentsOfToday(till) {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  return list("/v1/payments", { terminal: till.pairing.terminal.id, created_gte: midnight.toISOString() });
}

function fill(place, till, payments, reload) {
  if (payments.length === 0) {
    place.replaceChildren(make("p", {}, say("nothingToday")));
    return;
  }
  const rows = payments.map((payment) => row(till, payment, reload));
  place.replaceChildren(totals(till, payments), make("ul", { class: "list" }, rows));
}

function row(till, payment, reload) {
  const time = new Date(payment.created_at).toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const state = stateOf(payment);
  const isRefundable = payment.status === "succeeded" && payment.amount_refunded < payment.amount_charged;
  return make(
    "li",
    { "data-payment": payment.id },
    make("span", { class: "time" }, time),
    make("span", { class: "money" }, money.showWith(payment.amount_charged, currencyOf(till, payment))),
    make("span", { class: `badge ${state}` }, say(state)),
    make(
      "span",
      { class: "row-acts" },
      payment.status === "succeeded"
        ? make("button", { class: "small", onclick: () => till.show("receipt", { payment, from: "today" }) }, say("receipt"))
        : "",
      isRefundable ? make("button", { class: "small", onclick: () => openRefund(till, payment, reload) }, say("refund")) : "",
    ),
  );
}

function totals(till, payments) {
  const paid = payments.filter((payment) => payment.status === "succeeded");
  const sums = new Map();
  for (const payment of paid) {
    const sum = sums.get(payment.currency) ?? { count: 0, paid: 0, back: 0 };
    sum.count += 1;
    sum.paid += payment.amount_charged;
    sum.back += payment.amount_refunded;
    sums.set(payment.currency, sum);
  }
  const cards = [...sums].flatMap(([code, { count, paid: total, back }]) => {
    const currency = currencyOf(till, { currency: code });
    return [
      fact(say("sales"), String(count)),
      fact(say("refunds"), money.showWith(back, currency)),
      fact(say("total"), money.showWith(total - back, currency)),
    ];
  });
  return make("dl", { class: "totals" }, cards);
}

function fact(name, value) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, value));
}
