// Shows one view at a time and hands it the keys. A view is `(till, details) → {element, key?, scan?,
// leave?}`; `till` is what they share.

import { Refusal, call } from "./api.js";
import { drawBar } from "./bar.js";
import { watchNotices } from "./notices.js";
import { isPaired, keptSale, setPaired } from "./kept.js";
import { Scanner } from "./scanner.js";
import { language, say, speak } from "./words.js";
import { amountView } from "./amount_view.js";
import { endView } from "./end_view.js";
import { pairView } from "./pair_view.js";
import { progressView } from "./progress_view.js";
import { receiptView } from "./receipt_view.js";
import { scanView } from "./scan_view.js";
import { todayView } from "./today_view.js";

const VIEWS = {
  amount: amountView,
  end: endView,
  pair: pairView,
  progress: progressView,
  receipt: receiptView,
  scan: scanView,
  today: todayView,
};

const RETRY_MS = 3000;

const till = {
  pairing: null, // GET /v1/pairing
  currency: null, // {code, minor_digits}
  show(name, details = {}) {
    shown.leave?.();
    last = [name, details];
    shown = VIEWS[name](till, details);
    const place = document.getElementById("view");
    place.replaceChildren(shown.element);
    place.dataset.view = name;
    (shown.element.querySelector("[data-focus]") ?? place).focus({ preventScroll: true });
    drawBar(till, name);
  },
  redraw() {
    till.show(...last);
    watchNotices(till);
  },
  /** Say it to who cannot see the page. */
  announce(text) {
    document.getElementById("said").textContent = text;
  },
  /** The server knows our key no more. */
  unpaired() {
    till.pairing = null;
    setPaired(false);
    watchNotices(till);
    till.show("pair", { note: say("unpaired") });
  },
  /** Paired: pick up an open sale, or begin. */
  start(pairing) {
    till.pairing = pairing;
    till.currency = pairing.currencies[0] ?? { code: "CNY", minor_digits: 2 };
    watchNotices(till);
    till.scanner = new Scanner(pairing.payment_code_pattern, {
      onFirst: () => shown.first?.(),
      onScan: () => shown.scanning?.(),
      onCode: (code) => shown.scan?.(code),
      onNoCode: (text) => shown.noCode?.(text),
      onText: (text) => shown.other?.(text),
    });
    const open = keptSale();
    if (open?.terminal === pairing.terminal.id) till.show("progress", { kept: open });
    else till.show("amount");
  },
};
let shown = { element: null };
let last = ["pair", {}];

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.isComposing) return;
  const isScanners = till.scanner?.key(event, isField(event.target)) ?? false;
  if (isScanners && event.key !== "Shift" && !isField(event.target)) event.preventDefault();
  if (isScanners && event.key === "Enter") event.preventDefault();
  if (!isScanners) shown.key?.(event);
});

function isField(element) {
  return element instanceof HTMLInputElement;
}

/** Ask whether we are paired, until somebody answers. */
async function open() {
  try {
    till.start(await call("GET", "/v1/pairing"));
  } catch (error) {
    if (error instanceof Refusal) return till.unpaired();
    if (last[1].note === undefined) till.show("pair", { note: say("networkGoneAtStart") });
    setTimeout(open, RETRY_MS);
  }
  return undefined;
}

speak(language());
if (isPaired()) open();
else till.show("pair");
