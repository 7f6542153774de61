// A sale under way: what is happening now, how long it may still take, and how to stop it.

import { until } from "./api.js";
import { icon, make } from "./dom.js";
import { extrasOf } from "./extras.js";
import { forget } from "./kept.js";
import * as money from "./money.js";
import { drawQr } from "./qr.js";
import { Sale } from "./sale.js";
import { say } from "./words.js";

/** A new sale (`isNew`, with `code` or to show one), or one to be picked up. */
export function progressView(till, { kept, code = null, isNew = false }) {
  const words = make("p", { class: "now", role: "status" });
  const clock = make("p", { class: "clock", hidden: true });
  const qr = make("div", { class: "qr-place" });
  const stop = make("button", { onclick: () => sale.cancel() }, say("cancel"));
  let payment = null;
  let phase = "";

  const sale = new Sale(kept, till.pairing, (now, about, refusal) => {
    payment = about;
    phase = now;
    if (now === "ended") till.show("end", { payment, kept });
    else if (now === "refused") refused(till, kept, refusal);
    else if (now === "notBegun") notBegun(till, kept);
    else draw();
  });
  const timer = setInterval(draw, 250);

  function draw() {
    const left = payment ? Math.ceil(until(payment.expires_at) / 1000) : null;
    const text = say(wordsOf(phase, left, kept.mode));
    if (words.textContent !== text) words.textContent = text;
    words.classList.toggle("warn", phase === "networkGone");
    clock.hidden = !(left > 0) || phase === "canceling";
    if (left > 0) clock.replaceChildren(make("b", {}, String(left)), ` ${say("seconds")}`);
    stop.disabled = phase === "canceling";
    if (phase === "canceling") qr.replaceChildren(); // nobody is to scan it any more
    else if (payment?.qr_code && !qr.firstChild) qr.append(drawQr(payment.qr_code, say("qrTitle")));
  }

  const element = make(
    "section",
    { class: "card narrow centre" },
    make("p", { class: "sum" }, money.showWith(kept.amount, currencyOf(till, kept))),
    qr,
    kept.mode === "merchant_qr" ? "" : make("div", { class: "turning" }, icon("wait")),
    words,
    clock,
    make("div", { class: "acts" }, stop),
  );
  queueMicrotask(() => (isNew ? sale.begin(code) : sale.pickUp()));
  return {
    element,
    key: (event) => event.key === "Escape" && !stop.disabled && sale.cancel(),
    leave() {
      clearInterval(timer);
      sale.leave();
    },
  };
}

function wordsOf(phase, left, mode) {
  if (phase !== "waiting" && phase !== "") return phase;
  if (phase === "") return "sending";
  if (left !== null && left <= 0) return "makingSure";
  return mode === "merchant_qr" ? "qrTitle" : "waiting";
}

/** Nothing was charged, and the code is not kept: the same sale, the same reference, scanned anew. */
function notBegun(till, kept) {
  till.show("scan", { kept, note: say("notBegun") });
}

function refused(till, kept, refusal) {
  if (refusal.status === 401) return till.unpaired();
  forget();
  const known = { scheme_unavailable: "schemeUnavailable", invalid_request: "notACode" };
  const name = known[refusal.code] ?? (refusal.status === 403 ? "callAcquirer" : null);
  const note = refusal.cashier || (name ? say(name) : `${say("failedCall")} (${refusal.message})`);
  const extras = extrasOf(kept);
  return till.show("amount", { amount: kept.amount, extras, note });
}

export function currencyOf(till, { currency }) {
  return till.pairing.currencies.find((each) => each.code === currency) ?? till.currency;
}
