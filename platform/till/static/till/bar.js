// The line at the top: where we are, today, settings.

import { call } from "./api.js";
import { icon, make } from "./dom.js";
import * as sound from "./sound.js";
import { LANGUAGES, language, say, speak } from "./words.js";

export function drawBar(till, view) {
  const bar = document.getElementById("bar");
  const isIdle = ["amount", "today", "pair", "end"].includes(view);
  bar.replaceChildren(
    make(
      "div",
      { class: "place" },
      make("strong", {}, till.pairing?.merchant_name ?? "Tillgate"),
      place(till),
      till.pairing && !till.pairing.livemode ? make("span", { class: "test" }, say("test")) : "",
    ),
    till.pairing && isIdle ? today(till, view) : "",
    isIdle ? settings(till) : "",
  );
}

function place(till) {
  if (!till.pairing) return "";
  const { store, terminal } = till.pairing;
  return make("span", {}, `${store.name} · ${terminal.name}`);
}

function today(till, view) {
  const [name, word] = view === "today" ? ["amount", "till"] : ["today", "today"];
  return make("button", { class: "quiet", onclick: () => till.show(name) }, say(word));
}

function settings(till) {
  const named = { class: "quiet round", "aria-label": say("settings"), title: say("settings") };
  return make("button", { ...named, onclick: () => openSettings(till) }, icon("gear"));
}

function openSettings(till) {
  const dialog = make("dialog", { class: "card", "aria-label": say("settings") });
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const languages = Object.entries(LANGUAGES).map(([code, name]) => {
    const chosen = { "aria-pressed": String(code === language()), lang: code };
    const choose = () => {
      speak(code);
      close();
      till.redraw();
    };
    return make("button", { class: "choice", ...chosen, onclick: choose }, name);
  });
  dialog.append(
    make("h2", {}, say("settings")),
    make("div", { class: "choices", role: "group", "aria-label": say("language") }, languages),
    soundSwitch(),
    till.pairing && till.pairing.currencies.length > 1 ? currencies(till, close) : "",
    make(
      "div",
      { class: "acts" },
      make("button", { onclick: close, autofocus: true }, say("back")),
      till.pairing ? make("button", { class: "danger", onclick: () => unpair(till, close) }, say("unpair")) : "",
    ),
  );
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

function soundSwitch() {
  const box = make("input", { type: "checkbox", onchange: () => sound.turn(box.checked) });
  box.checked = sound.isOn();
  return make("label", { class: "line" }, box, say("sound"));
}

function currencies(till, close) {
  const choose = (currency) => {
    till.currency = currency;
    close();
    till.show("amount");
  };
  const each = till.pairing.currencies.map((currency) =>
    make(
      "button",
      { class: "choice", "aria-pressed": String(currency.code === till.currency.code), onclick: () => choose(currency) },
      currency.code,
    ),
  );
  return make("div", { class: "choices", role: "group", "aria-label": say("currency") }, each);
}

async function unpair(till, close) {
  if (!window.confirm(say("unpairSure"))) return;
  close();
  await call("DELETE", "/v1/pairing").catch(() => null);
  await call("DELETE", "/till/key").catch(() => null);
  till.unpaired();
}
