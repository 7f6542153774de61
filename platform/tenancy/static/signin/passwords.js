// Passwords: a button that shows what was typed, and a meter where a new one is chosen (ASVS 2.1.8,
// 2.1.12). The meter is a help and decides nothing: the server's rules do. Nothing leaves the page.
"use strict";

const WORDS = document.currentScript.dataset;
const FEWEST = 12;
const LEVELS = [["weak", 0], ["fair", 50], ["strong", 65]]; // from so many bits on

// Bits that a guesser needs for one piece: a word is one guess of a dictionary, however long.
function bitsOf(piece) {
  if (/^\p{L}\p{Ll}*$/u.test(piece) && /^[a-z]/i.test(piece)) return Math.min(4.7 * piece.length, 17);
  if (/^[a-z]/i.test(piece)) return 5.2 * piece.length;
  if (/^\p{N}/u.test(piece)) return 3.3 * piece.length;
  return (/^\p{L}/u.test(piece) ? 9 : 5) * piece.length;
}

function levelOf(text) {
  const pieces = new Set(text.match(/\p{L}+|\p{N}+|[^\p{L}\p{N}]+/gu) || []); // twice is once
  const bits = [...pieces].reduce((sum, piece) => sum + bitsOf(piece), 0);
  const enough = [...text].length >= FEWEST ? bits : 0;
  return LEVELS.findLastIndex(([, from]) => enough >= from);
}

function element(name, attributes, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function offerToShow(field) {
  const button = element("button", { type: "button", class: "link", "aria-pressed": "false" }, WORDS.show);
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? WORDS.hide : WORDS.show;
    button.setAttribute("aria-pressed", String(shown));
  });
  field.form.addEventListener("submit", () => { field.type = "password"; });
  field.after(button);
  return button;
}

function offerMeter(field, button) {
  const id = `${field.id}_strength`;
  const meter = element("meter", { id, min: 0, max: 3, low: 1.5, high: 2.5, optimum: 3, value: 0 });
  const said = element("output", { for: field.id, "aria-live": "polite" });
  const line = element("p", { class: "strength" });
  line.append(element("label", { for: id }, WORDS.strength), meter, said);
  field.addEventListener("input", () => {
    const level = levelOf(field.value);
    meter.value = field.value ? level + 1 : 0;
    said.textContent = field.value ? WORDS[LEVELS[level][0]] : "";
  });
  button.after(line);
}

const fields = [...document.querySelectorAll("input[type=password]")];
const chosen = fields.find((field) => field.autocomplete === "new-password");
for (const field of fields) {
  const button = offerToShow(field);
  if (field === chosen) offerMeter(field, button);
}
