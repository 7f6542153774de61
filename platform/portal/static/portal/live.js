/* Live health: asks for the figures every ten seconds and writes them into the page, as text. */
"use strict";

const EVERY_MS = 10000;
const page = document.getElementById("pl-live");

function cell(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  if (name === "th") made.scope = "row";
  else made.className = "tg-number";
  return made;
}

function writeRows(id, rows) {
  const lines = rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((text, place) => cell(place ? "td" : "th", text)));
    return line;
  });
  document.getElementById(id).replaceChildren(...lines);
}

function writeIncident(incident) {
  const item = document.getElementById("pl-incident").content.cloneNode(true).firstElementChild;
  const [link, measured, behind, since] = item.children;
  link.textContent = incident.what;
  link.href = incident.link;
  measured.textContent = incident.measured;
  behind.textContent = incident.behind;
  since.textContent = incident.since;
  return item;
}

function write(live) {
  document.getElementById("pl-at").textContent = live.at;
  document.getElementById("pl-calm").hidden = live.incidents.length > 0;
  document.getElementById("pl-incidents").replaceChildren(...live.incidents.map(writeIncident));
  writeRows("pl-accounts", live.accounts);
  writeRows("pl-stores", live.stores);
  writeRows("pl-tills", live.tills);
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(page.dataset.url, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) write(await answer.json());
  } catch {
    /* The next look comes in ten seconds; the page shows of when its figures are. */
  }
}

setInterval(refresh, EVERY_MS);
