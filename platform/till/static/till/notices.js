// What the acquirer wants every till to know now: its banners, and the troubles that go on.

import { Refusal, call } from "./api.js";
import { icon, make } from "./dom.js";
import { say } from "./words.js";

const ASK_EVERY_MS = 60_000;
let timer = 0;

/** Ask now, and then each minute for as long as the till is paired. */
export async function watchNotices(till) {
  clearTimeout(timer);
  timer = setTimeout(() => watchNotices(till), ASK_EVERY_MS);
  if (!till.pairing) return draw([]);
  try {
    const { incidents, banners } = await call("GET", "/v1/status");
    const troubles = incidents.map((incident) => ["problem", incident.cashier_message]);
    return draw([...troubles, ...banners.map(({ severity, text }) => [severity, text])]);
  } catch (error) {
    return error instanceof Refusal ? draw([]) : draw([["warning", say("networkGoneAtStart")]]);
  }
}

function draw(notices) {
  const lines = notices.map(([severity, text]) =>
    make("p", { class: `notice ${severity}` }, icon(severity === "info" ? "info" : "warning"), make("span", {}, text)),
  );
  document.getElementById("notices").replaceChildren(...lines);
}
