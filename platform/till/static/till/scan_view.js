// Waiting for the customer's code: from a scanner, the camera or the keyboard. No button starts it.

import { openCamera } from "./camera.js";
import { icon, make } from "./dom.js";
import { extrasOf, kindOf, pays, tryOut, withOne } from "./extras.js";
import * as money from "./money.js";
import { isUsual } from "./scanner.js";
import { say } from "./words.js";

const REST_MS = 600; // after the last digit typed by hand

export function scanView(till, { kept, note = "" }) {
  let camera = null;
  let timer = 0;
  let isOver = false; // begun, or left: nothing begins a payment any more
  const whole = till.scanner.whole;
  const fault = make("p", { class: "fault", role: "alert" }, note);
  const begin = (code) => {
    if (isOver) return;
    isOver = true;
    till.show("progress", { kept, code, isNew: true });
  };
  const typed = () => {
    clearTimeout(timer);
    field.value = field.value.replace(/\D/g, "");
    fault.textContent = "";
    if (isUsual(field.value) && whole.test(field.value)) timer = setTimeout(() => begin(field.value), REST_MS);
  };
  const field = make("input", {
    id: "typed", inputmode: "numeric", autocomplete: "off", maxlength: "24", class: "code", oninput: typed,
  });
  const picture = make("div", { class: "camera", hidden: true });
  const look = async () => {
    lens.disabled = true;
    camera = await openCamera(picture, whole, begin);
    if (camera === null) fault.textContent = say("cameraFailed");
    if (isOver) camera?.stop(); // left while the browser asked for leave to use it
    lens.disabled = camera !== null;
  };
  const lens = make("button", { onclick: look }, icon("camera"), say("camera"));
  const extras = extrasOf(kept);
  const worth = make("p", { class: "worth", role: "status", hidden: true });
  const back = (why = "") => till.show("amount", { amount: kept.amount, extras, note: why });
  const other = (text) => {
    const [kind, plain] = kindOf(text, whole);
    const isOne = kind === "member" || (kind === "coupon" && /[A-Z]/.test(plain));
    if (isOne) till.show("scan", { kept: { ...kept, ...withOne(extras, kind, plain) } });
    else fault.textContent = say("notACode");
  };
  tryOut(till, kept.amount, extras).then(({ charged, fault: why }) => {
    if (isOver) return;
    if (why) back(why);
    worth.hidden = charged === undefined || charged === kept.amount;
    if (!worth.hidden) worth.textContent = pays(charged, till.currency);
  });
  const element = make(
    "section",
    { class: "card narrow centre" },
    make("p", { class: "sum" }, money.showWith(kept.amount, till.currency)),
    worth,
    make("h1", {}, say("scanTitle")),
    make("p", { class: "quiet-text" }, say("scanHow")),
    make("div", { class: "scanline", "aria-hidden": "true" }),
    picture,
    fault,
    "BarcodeDetector" in window ? lens : "",
    make("label", { for: "typed" }, say("typeCode")),
    field,
    make("div", { class: "acts" }, make("button", { onclick: () => back() }, say("back"))),
  );
  return {
    element,
    scan: begin,
    noCode: other,
    other,
    key(event) {
      if (event.key === "Escape") back();
      else if (event.key === "Enter" && event.target === field) enter();
      else if (/^[0-9]$/.test(event.key) && event.target !== field) field.focus();
    },
    leave() {
      isOver = true;
      clearTimeout(timer);
      camera?.stop();
    },
  };

  function enter() {
    if (whole.test(field.value)) begin(field.value);
    else fault.textContent = say("notACode");
  }
}
