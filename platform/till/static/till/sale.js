// One sale from its first request to its known end. It never asks for money twice: the reference is
// made once, every repeat carries it, and what nobody answered is asked about until somebody does.

import { NoAnswer, Refusal, call, list } from "./api.js";
import { bodyOf } from "./extras.js";
import { forget, keep } from "./kept.js";

const ASK_EVERY_MS = 1500;
const CREATE = { Prefer: "wait=2" };

/** `tell(phase, payment, refusal)`: sending, waiting, networkGone, pickingUp, notBegun, refused,
 * ended. `kept` is what kept.js keeps; `code` is the scanned code, in memory only. */
export class Sale {
  constructor(kept, pairing, tell) {
    this.kept = kept;
    this.pairing = pairing;
    this.tell = tell;
    this.payment = null;
    this.wantsCancel = false;
    this.isLeft = false;
  }

  /** Charge `code`, or with none show one. */
  async begin(code = null) {
    keep(this.kept);
    this.tell("sending", null);
    await this.finish(() => call("POST", "/v1/payments", this.body(code), CREATE));
  }

  /** After a reload: what became of it? Without its code it cannot be begun again. */
  async pickUp() {
    this.tell("pickingUp", null);
    if (this.kept.mode === "merchant_qr" && !this.kept.id) return this.begin();
    return this.finish(() => this.find());
  }

  /** Ask for it to be stopped, as soon as it has an id. */
  cancel() {
    this.wantsCancel = true;
    this.tell("canceling", this.payment);
  }

  /** The page has gone elsewhere: say nothing more. */
  leave() {
    this.isLeft = true;
  }

  async finish(first) {
    try {
      const payment = await this.surely(first);
      if (payment === null) return this.say("notBegun");
      this.payment = payment;
      keep({ ...this.kept, id: payment.id });
      await this.follow();
      forget();
      this.say("ended");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.status !== 401) forget();
      this.say("refused", error);
    }
  }

  async follow() {
    while (this.payment.status === "processing") {
      if (this.wantsCancel) await this.stop();
      this.say(this.wantsCancel ? "canceling" : "waiting");
      await pause(ASK_EVERY_MS);
      this.payment = await this.surely(() => call("GET", `/v1/payments/${this.payment.id}`));
    }
  }

  async stop() {
    const address = `/v1/payments/${this.payment.id}/cancel`;
    try {
      this.payment = await call("POST", address, {}, { Prefer: "wait=0" });
    } catch (error) {
      if (!(error instanceof NoAnswer || error instanceof Refusal)) throw error;
    }
  }

  /** Repeat `ask` until it is answered. */
  async surely(ask) {
    while (!this.isLeft) {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof Refusal && error.code === "reference_reused") return this.find();
        if (!(error instanceof NoAnswer)) throw error;
        this.say("networkGone");
        await pause(ASK_EVERY_MS);
      }
    }
    return new Promise(() => {}); // nobody waits for it any more
  }

  async find() {
    if (this.kept.id) return call("GET", `/v1/payments/${this.kept.id}`);
    const found = await list("/v1/payments", { merchant_reference: this.kept.reference }, 1);
    return found[0] ?? null;
  }

  body(code) {
    const { amount, currency, mode, reference } = this.kept;
    const { store, terminal } = this.pairing;
    const how = code === null ? { mode } : { mode, payment_code: code };
    const place = { store: store.id, terminal: terminal.id };
    return { amount, currency, merchant_reference: reference, ...place, ...how, ...bodyOf(this.kept) };
  }

  say(phase, refusal) {
    if (!this.isLeft) this.tell(phase, this.payment, refusal);
  }
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
