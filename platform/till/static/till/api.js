// The public REST API, called as any ECR would. The key travels in a cookie that we cannot read.

import { language } from "./words.js";

const TIMEOUT_MS = 20_000;
let offset = 0; // how far the server's clock is ahead of ours, in ms

/** The network is gone, or the server did not answer in time: whether it acted is unknown. */
export class NoAnswer extends Error {}

/** The server refused: `code` is stable, `status` is HTTP's. Nothing happened. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? "";
    this.cashier = problem.cashier_message ?? ""; // in the language that we asked for
  }
}

/** call("POST", "/v1/payments", body, {Prefer: "wait=2"}) → the answer's JSON, or null. */
export async function call(method, path, body, headers = {}) {
  const response = await send(method, path, body, headers);
  const sent = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(sent)) offset = sent - Date.now();
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => {
    throw new NoAnswer();
  });
  if (response.ok) return answer;
  if (response.status >= 500 && answer.code !== "scheme_unavailable") throw new NoAnswer();
  throw new Refusal(response.status, answer);
}

async function send(method, path, body, headers) {
  try {
    return await fetch(path, {
      method,
      headers: {
        "X-Tillgate-Till": "1",
        "Accept-Language": language(),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new NoAnswer();
  }
}

/** Milliseconds until the moment that the server names. */
export function until(moment) {
  return Date.parse(moment) - (Date.now() + offset);
}

/** Every row of a list from newest to oldest, up to `pages` pages of 100. */
export async function list(path, query, pages = 20) {
  const rows = [];
  const wanted = new URLSearchParams({ ...query, limit: "100" });
  for (let page = 0; page < pages; page += 1) {
    const answer = await call("GET", `${path}?${wanted}`);
    rows.push(...answer.data);
    if (!answer.has_more) break;
    wanted.set("cursor", answer.next_cursor);
  }
  return rows;
}
