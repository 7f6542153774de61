// The amount: keys on the page, the keyboard, or a scanner that charges what stands there.

import { make } from "./dom.js";
import { NOTHING, extrasLine, kindOf, pays, pointsOffer, tryOut, withOne } from "./extras.js";
import { newReference } from "./kept.js";
import * as money from "./money.js";
import { say } from "./words.js";

const REST_MS = 400; // after the last key, before points are asked about

export function amountView(till, { amount: given = 0, extras: brought = NOTHING, note = "" }) {
  let amount = given;
  let before = given; // what stood there when a burst of characters began
  let extras = brought;
  let isOpen = false;
  let asked = 0; // previews: only the newest counts
  let line = null;
  let timer = 0;
  const shown = make("output", { class: "amount", "aria-live": "polite" });
  const fault = make("p", { class: "fault", role: "alert" }, note);
  const worth = make("p", { class: "worth", role: "status", hidden: true });
  const place = make("div");
  const offer = make("div", { class: "offer" });
  const charge = make("button", { class: "main", onclick: () => go("scan") }, say("charge"));
  const present = make("button", { onclick: () => go("progress") }, say("showQr"));
  const open = make("button", { class: "quiet small", onclick: () => toggle() }, say("coupon"));
  const draw = () => {
    shown.textContent = money.show(amount, till.currency);
    charge.disabled = present.disabled = amount === 0;
    worth.hidden = true;
    offer.replaceChildren();
  };
  const change = (next) => {
    amount = next;
    fault.textContent = "";
    if (extras.points) {
      extras = { ...extras, points: null }; // chosen for another amount
      drawLine();
    }
    draw();
    if (extras.member) tryLater();
  };
  const fail = (text) => (fault.textContent = text);
  const drawLine = () => {
    line = extrasLine(till, { extras, isOpen, change: changeExtras, wallet: begin, fail });
    place.replaceChildren(line.element);
    open.setAttribute("aria-expanded", String(isOpen));
  };
  const changeExtras = async (next) => {
    extras = next;
    fault.textContent = "";
    drawLine();
    draw();
    if (isOpen) line.field.focus();
    await tryNow();
  };
  const tryNow = async () => {
    clearTimeout(timer);
    const mine = (asked += 1);
    const found = await tryOut(till, amount, extras);
    if (mine !== asked) return;
    if (found.fault) fail(found.fault);
    worth.hidden = found.charged === undefined || found.charged === amount;
    if (!worth.hidden) worth.textContent = pays(found.charged, till.currency);
    offer.replaceChildren(pointsOffer(till, extras, found.spendable, changeExtras));
  };
  const tryLater = () => {
    asked += 1; // what was asked before is of another amount
    clearTimeout(timer);
    timer = setTimeout(tryNow, REST_MS);
  };
  const toggle = () => {
    isOpen = !isOpen;
    drawLine();
    if (isOpen) line.field.focus();
  };
  const sale = (mode) => ({
    reference: newReference(), amount, mode, ...extras,
    currency: till.currency.code, terminal: till.pairing.terminal.id,
  });
  const go = (view) => {
    if (amount === 0) return;
    if (line.field.value.trim()) line.take(); // typed, and Enter not pressed
    else if (view === "scan") till.show("scan", { kept: sale("payment_code") });
    else till.show("progress", { kept: sale("merchant_qr"), isNew: true });
  };
  const begin = (code) => {
    if (amount === 0) fail(say("amountFirst"));
    else till.show("progress", { kept: sale("payment_code"), code, isNew: true });
  };
  const other = (text) => {
    const [kind, plain] = kindOf(text, till.scanner.whole);
    const isForField = document.activeElement === line.field;
    if (isForField) line.field.value = "";
    if (kind === "member" || (kind === "coupon" && (isForField || /[A-Z]/.test(plain)))) changeExtras(withOne(extras, kind, plain));
    else fail(say("notACode"));
  };
  draw();
  drawLine();
  if (extras.member) tryNow();
  return {
    element: make(
      "section",
      { class: "card till" },
      make(
        "div",
        { class: "display" },
        make("div", { class: "aside" }, make("span", { class: "currency" }, till.currency.code), open),
        shown,
      ),
      worth,
      fault,
      place,
      offer,
      pad(change, () => amount),
      make("div", { class: "acts" }, charge, present),
    ),
    key(event) {
      if (event.target === line.field) {
        if (event.key === "Enter") line.take();
        else if (event.key === "Escape") toggle();
      } else if (/^[0-9]$/.test(event.key)) change(money.append(amount, event.key));
      else if (event.key === "Backspace") change(money.erase(amount));
      else if (event.key === "Escape" || event.key === "Delete") change(0);
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) go("scan");
    },
    first: () => (before = amount),
    scanning: () => amount !== before && change(before),
    noCode: other,
    other,
    scan: begin,
    leave: () => clearTimeout(timer),
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
