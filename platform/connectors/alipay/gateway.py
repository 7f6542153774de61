"""The legacy gateway as a connector: what each call sends, and what its answer must repeat."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from connectors.alipay import messages, registration, verdict
from connectors.alipay.config import CallLimit, GatewayConfig
from connectors.alipay.masking import mask_body, mask_parameters
from connectors.alipay.messages import Parameters
from connectors.alipay.signing import CHARSET, signature_for, text_to_sign
from connectors.alipay.transport import GatewayHttp, Http, Reply, Way
from connectors.alipay.verdict import Call, Expected, judge
from connectors.base import (
    Evidence,
    Outcome,
    PayRequest,
    PresentRequest,
    RefundRequest,
    Result,
    StoreRegistration,
)
from kernel import clock
from kernel.money import Money

# A query that asks for nothing: no payment of ours has such an id.
_PROBE_ID = "tillgateprobe"


def _start_thread(work: Callable[[], object]) -> None:
    threading.Thread(target=work, name="gateway-probe", daemon=True).start()


class AlipayGateway:
    """One partner account's line to Alipay; build it once and share it among threads.

    Building reads the keys, which is slow, and raises BadConfiguration if they are unusable.
    ``http`` replaces the pooled connections, ``in_background`` what starts a probe. ``close()``
    gives the connections back.
    """

    def __init__(
        self,
        config: GatewayConfig,
        *,
        http: Http | None = None,
        in_background: Callable[[Callable[[], object]], None] = _start_thread,
    ) -> None:
        self.config = config
        self._signature = signature_for(config)
        self._http = http or GatewayHttp(
            config.addresses,
            max_answer_bytes=config.max_answer_bytes,
            pool_size=config.pool_size,
            breaker=config.breaker,
        )
        self._in_background = in_background

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def is_available(self) -> bool:
        """Whether a new payment would find an address that works; starts the probes that are due.

        Who asks does not wait for them: the next one gains by what they find.
        """
        self._probe_what_is_due()
        return any(breaker.is_closed for breaker in self._http.breakers)

    def rests_until(self) -> datetime | None:
        """While every address is left alone: when the first may be tried. None: call at will."""
        breakers = self._http.breakers
        if any(breaker.is_closed or breaker.is_due for breaker in breakers):
            return None
        return min(breaker.next_look for breaker in breakers)

    def _probe_what_is_due(self) -> None:
        """One harmless call at a time and address: no customer's payment is used to try."""
        for breaker in self._http.breakers:
            if breaker.is_due and (turn := breaker.try_out()) is not None:
                self._in_background(partial(self._probe, Way(breaker, turn)))

    def _probe(self, way: Way) -> None:
        """Ask for a trade that nobody made: any answer will do."""
        parameters = messages.query(self.config.partner_id, partner_trans_id=_PROBE_ID)
        self._http.post(messages.form(self._sign(parameters)), self.config.limits.query, way=way)

    def pay(self, request: PayRequest) -> Outcome:
        """Charge a payment code, once. See ``connectors.base.Payer``."""
        expected = Expected(
            ids={"partner_trans_id": request.partner_trans_id},
            proof=("partner_trans_id",),
            amount=request.amount,
            amount_is_required=True,
            payment_codes=(request.payment_code,),
        )
        parameters = messages.pay(self.config.partner_id, request)
        return self._call(
            verdict.PAY, parameters, self.config.limits.pay, expected, is_repeatable=False
        )

    def present(self, request: PresentRequest) -> Outcome:
        """Ask for a code to show, once. See ``connectors.base.Presenter``."""
        expected = Expected(ids={"out_trade_no": request.partner_trans_id}, proof=("out_trade_no",))
        parameters = messages.precreate(self.config.partner_id, request, at=clock.now())
        return self._call(
            verdict.PRECREATE, parameters, self.config.limits.precreate, expected,
            is_repeatable=False,
        )  # fmt: skip

    def query(self, *, partner_trans_id: str, amount: Money) -> Outcome:
        """The trade's true state. See ``connectors.base.Querier``."""
        expected = Expected(
            ids={"partner_trans_id": partner_trans_id, "out_trade_no": partner_trans_id},
            proof=("partner_trans_id", "out_trade_no"),
            amount=amount,
            amount_is_required=True,
        )
        parameters = messages.query(self.config.partner_id, partner_trans_id=partner_trans_id)
        return self._call(verdict.QUERY, parameters, self.config.limits.query, expected)

    def cancel(self, *, partner_trans_id: str) -> Outcome:
        """Stop a trade or take a paid one back. See ``connectors.base.Canceler``."""
        expected = Expected(ids={"out_trade_no": partner_trans_id}, proof=("out_trade_no",))
        parameters = messages.cancel(
            self.config.partner_id, partner_trans_id=partner_trans_id, at=clock.now()
        )
        return self._call(verdict.CANCEL, parameters, self.config.limits.cancel, expected)

    def refund(self, request: RefundRequest) -> Outcome:
        """Give back, at once or as a recorded request. See ``connectors.base.Refunder``."""
        expected = Expected(
            ids={
                "partner_trans_id": request.partner_trans_id,
                "partner_refund_id": request.partner_refund_id,
            },
            proof=("partner_refund_id",),
            amount=request.amount,
            amount_field="refund_amount",
        )
        parameters = messages.refund(self.config.partner_id, request)
        call = verdict.REFUND if request.is_synchronous else verdict.REFUND_LATER
        return self._call(call, parameters, self.config.limits.refund, expected)

    def query_refund(self, *, partner_trans_id: str, partner_refund_id: str) -> Outcome:
        """Where a refund stands. See ``connectors.base.Refunder``."""
        expected = Expected(
            ids={"out_trade_no": partner_trans_id, "out_return_no": partner_refund_id},
            proof=("out_return_no",),
        )
        parameters = messages.query_refund(
            self.config.partner_id,
            partner_trans_id=partner_trans_id,
            partner_refund_id=partner_refund_id,
        )
        return self._call(verdict.REFUND_QUERY, parameters, self.config.limits.query, expected)

    def register(self, request: StoreRegistration) -> Outcome:
        """Announce a store, or what has changed of it. See ``connectors.base.Registrar``."""
        parameters = registration.maintain(self.config.partner_id, request, at=clock.now())
        ids = {"secondary_merchant_id": request.merchant_id, "store_id": request.store_id}
        return self._call(
            verdict.REGISTER, parameters, self.config.limits.refund, Expected(ids=ids, proof=())
        )

    def registration(self, *, merchant_id: str, store_id: str) -> Outcome:
        """Where a registration stands. See ``connectors.base.Registrar``."""
        parameters = registration.query_status(
            self.config.partner_id, merchant_id=merchant_id, store_id=store_id, at=clock.now()
        )
        ids = {"secondary_merchant_id": merchant_id, "store_id": store_id}
        expected = Expected(ids=ids, proof=("store_id",))
        return self._call(verdict.REGISTRATION, parameters, self.config.limits.query, expected)

    def verify_with_scheme(self, notify_id: str) -> Outcome:
        """Ask Alipay whether it sent a notification (§3.6): SUCCEEDED yes, FAILED no."""
        parameters = messages.verify_notification(self.config.partner_id, notify_id=notify_id)
        reply, evidence = self._exchange(parameters, self.config.limits.query)
        text = (reply.body or b"").decode("ascii", "replace") if reply.http_status == 200 else ""
        results = {
            "true": Result.SUCCEEDED, "false": Result.FAILED, "invalid": Result.FAILED,
        }  # fmt: skip
        result = results.get(text, Result.UNKNOWN)
        return Outcome(result, text if text in results else None, evidence, message=reply.error)

    def _call(
        self,
        call: Call,
        parameters: Parameters,
        limit: CallLimit,
        expected: Expected,
        *,
        is_repeatable: bool = True,
    ) -> Outcome:
        reply, evidence = self._exchange(
            parameters, limit, expected.payment_codes, is_repeatable=is_repeatable
        )
        return judge(call, reply, expected, self._signature, evidence)

    def _exchange(
        self,
        parameters: Parameters,
        limit: CallLimit,
        payment_codes: tuple[str, ...] = (),
        *,
        is_repeatable: bool = True,
    ) -> tuple[Reply, Evidence]:
        # While none works the call itself may be the trial; else it is spared for a sure answer.
        if any(breaker.is_closed for breaker in self._http.breakers):
            self._probe_what_is_due()
        signed = self._sign(parameters)
        reply = self._http.post(messages.form(signed), limit, is_repeatable=is_repeatable)
        return reply, self._evidence(signed, reply, payment_codes)

    def _sign(self, parameters: Parameters) -> Parameters:
        filled = {name: value.strip() for name, value in parameters.items() if value.strip()}
        signature = self._signature.sign(text_to_sign(filled).encode(CHARSET))
        return filled | {"sign_type": self.config.sign_type.value, "sign": signature}

    def _evidence(
        self, parameters: Parameters, reply: Reply, payment_codes: tuple[str, ...]
    ) -> Evidence:
        body = reply.partial if reply.body is None else reply.body
        return Evidence(
            endpoint=reply.address,
            service=parameters["service"],
            request=mask_parameters(parameters, payment_codes),
            response=self._masked(body, payment_codes) if body else None,
            http_status=reply.http_status,
            duration_ms=reply.duration_ms,
            error=reply.error,
            was_sent=reply.was_sent,
        )

    def _masked(self, body: bytes, payment_codes: tuple[str, ...]) -> str:
        return mask_body(body, codes=payment_codes, keys=(self.config.md5_key,))
