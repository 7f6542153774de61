// The amount: keys on the page, the keyboard, or a scanner that charges what stands there.

import { make } from "./dom.js";
import { newReference } from "./kept.js";
import * as money from "./money.js";
import { say } from "./words.js";

export function amountView(till, { amount: given = 0, note = "" }) {
  let amount = given;
  let before = given; // what stood there when a burst of digits began
  const shown = make("output", { class: "amount", "aria-live": "polite" });
  const fault = make("p", { class: "fault", role: "alert" }, note);
  const charge = make("button", { class: "main", onclick: () => go("scan") }, say("charge"));
  const present = make("button", { onclick: () => go("progress") }, say("showQr"));
  const draw = () => {
    shown.textContent = money.show(amount, till.currency);
    charge.disabled = present.disabled = amount === 0;
  };
  const change = (next) => {
    amount = next;
    fault.textContent = "";
    draw();
  };
  const sale = (mode) => ({
    reference: newReference(), amount, mode,
    currency: till.currency.code, terminal: till.pairing.terminal.id,
  });
  const go = (view) => {
    if (amount === 0) return;
    if (view === "scan") till.show("scan", { kept: sale("payment_code") });
    else till.show("progress", { kept: sale("merchant_qr"), isNew: true });
  };
  draw();
  return {
    element: make(
      "section",
      { class: "card till" },
      make("div", { class: "display" }, make("span", { class: "currency" }, till.currency.code), shown),
      fault,
      pad(change, () => amount),
      make("div", { class: "acts" }, charge, present),
    ),
    key(event) {
      if (/^[0-9]$/.test(event.key)) change(money.append(amount, event.key));
      else if (event.key === "Backspace") change(money.erase(amount));
      else if (event.key === "Escape" || event.key === "Delete") change(0);
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) go("scan");
    },
    first: () => (before = amount),
    scanning: () => change(before),
    noCode: () => (fault.textContent = say("notACode")),
    scan(code) {
      if (amount === 0) fault.textContent = say("amountFirst");
      else till.show("progress", { kept: sale("payment_code"), code, isNew: true });
    },
  };
}

function pad(change, read) {
  const digit = (text) =>
    make("button", { class: "key", onclick: () => change(money.append(read(), text)) }, text);
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "0"].map(digit);
  const erase = () => change(money.erase(read()));
  keys.push(make("button", { class: "key", "aria-label": say("erase"), onclick: erase }, "⌫"));
  return make("div", { class: "pad", role: "group", "aria-label": say("amount") }, keys);
}
