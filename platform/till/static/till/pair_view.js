// A code from the console becomes this till's key, which goes straight into a cookie that no script
// can read.

import { NoAnswer, call } from "./api.js";
import { make } from "./dom.js";
import { setPaired } from "./kept.js";
import { say } from "./words.js";

export function pairView(till, { note = "" }) {
  const field = make("input", {
    id: "code", class: "code", "data-focus": true, autocomplete: "off", autocapitalize: "characters",
    spellcheck: "false", maxlength: "12", placeholder: "ABCD-2345", required: true,
  });
  const fault = make("p", { class: "fault", role: "alert" }, note);
  const button = make("button", { class: "main", type: "submit" }, say("pair"));
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      till.start(await pair(field.value));
    } catch (error) {
      fault.textContent = why(error);
      button.disabled = false;
      field.select();
    }
  };
  const element = make(
    "form",
    { class: "card narrow", onsubmit: submit },
    make("h1", {}, say("pairTitle")),
    make("p", {}, say("pairHow")),
    make("label", { for: "code" }, say("code")),
    field,
    fault,
    button,
  );
  return { element };
}

async function pair(code) {
  const { api_key: key, ...pairing } = await call("POST", "/v1/pairings", { code });
  await call("POST", "/till/key", { key });
  setPaired(true);
  return pairing;
}

function why(error) {
  if (error instanceof NoAnswer) return say("failedCall");
  if (error.status === 429) return say("tooMany");
  return error.code === "pairing_code_unknown" ? say("pairUnknown") : say("failedCall");
}
