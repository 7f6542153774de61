// Giving money back: the PIN goes to the server, which alone knows whether it is right.

import { NoAnswer, call } from "./api.js";
import { make } from "./dom.js";
import { newReference } from "./kept.js";
import * as money from "./money.js";
import { currencyOf } from "./progress_view.js";
import { say } from "./words.js";

const WHY = { refund_pin_wrong: "pinWrong", refund_pin_locked: "pinLocked", refund_pin_not_set: "pinNotSet" };

export function openRefund(till, payment, done) {
  const left = payment.amount_charged - payment.amount_refunded;
  const reference = newReference(); // one per dialog: sending it twice is one refund
  const field = make("input", {
    id: "pin", type: "password", inputmode: "numeric", autocomplete: "off", maxlength: "6",
    pattern: "[0-9]{6}", required: true, autofocus: true, class: "code",
  });
  const fault = make("p", { class: "fault", role: "alert" });
  const button = make("button", { class: "main danger-main", type: "submit" }, say("refund"));
  const close = () => dialog.close();
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const refund = await send(payment, left, reference, field.value);
      ended(refund);
    } catch (error) {
      fault.textContent = error instanceof NoAnswer ? say("failedCall") : why(error);
      button.disabled = false;
      field.select();
    }
  };
  const ended = (refund) => {
    const words = refund.failure?.cashier_message ?? say(refund.status === "succeeded" ? "refundDone" : "refundWaits");
    till.announce(words);
    form.replaceChildren(make("p", { class: "sentence" }, words), make("button", { class: "main", type: "button", onclick: close }, say("back")));
    done();
  };
  const form = make(
    "form",
    { onsubmit: submit },
    make("h2", {}, say("refundTitle")),
    make("p", { class: "sum" }, money.showWith(left, currencyOf(till, payment))),
    make("label", { for: "pin" }, say("pin")),
    field,
    fault,
    make("div", { class: "acts" }, button, make("button", { type: "button", onclick: close }, say("back"))),
  );
  const dialog = make("dialog", { class: "card", "aria-label": say("refundTitle") }, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function send(payment, amount, reference, pin) {
  const body = { amount, merchant_refund_reference: reference };
  return call("POST", `/v1/payments/${payment.id}/refunds`, body, { "Refund-Pin": pin, Prefer: "wait=10" });
}

function why(refusal) {
  const name = WHY[refusal.code];
  return name ? say(name) : refusal.message;
}
