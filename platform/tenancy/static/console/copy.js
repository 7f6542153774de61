// Buttons that copy the text of the element they name, or of the one before them. Hidden where the
// browser cannot; a screen reader hears from the status beside them that it is done.
"use strict";

const SAID_MS = 2000;

function textOf(button) {
  const source = "copies" in button.dataset
    ? document.getElementById(button.dataset.copies) : button.previousElementSibling;
  return source.textContent.trim();
}

function say(button, before) {
  const status = button.nextElementSibling;
  if (status && status.getAttribute("role") === "status") status.textContent = button.dataset.done;
  button.textContent = button.dataset.done;
  setTimeout(() => {
    button.textContent = before;
    if (status && status.getAttribute("role") === "status") status.textContent = "";
  }, SAID_MS);
}

function offer() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copies], [data-copies-before]")) {
    const before = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(textOf(button));
      say(button, before);
    });
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", offer);
else offer();
