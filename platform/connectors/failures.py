"""Our failure codes: stable, part of the API, one sentence for the developer and one for the till.

The cashier's sentences are kept in the three languages that tills ask for (``Accept-Language``).
"""

from dataclasses import dataclass

from kernel.sentences import in_each


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failure code means: ``message`` for developers, ``cashier`` by language."""

    message: str
    cashier: dict[str, str]


def _failure(message: str, english: str, simplified: str, traditional: str) -> Failure:
    return Failure(message, in_each(english, simplified, traditional))


FAILURES: dict[str, Failure] = {
    "payment_code_invalid": _failure(
        "The payment code is not one that the wallet knows.",
        "Please scan the customer's payment code again.",
        "请重新扫描顾客的付款码。",
        "請重新掃描顧客的付款碼。",
    ),
    "payment_code_expired": _failure(
        "The payment code could not be read or has expired; codes live about a minute.",
        "The code has expired. Ask the customer to refresh it, then scan again.",
        "付款码已过期。请顾客刷新付款码后重新扫描。",
        "付款碼已過期。請顧客更新付款碼後重新掃描。",
    ),
    "insufficient_balance": _failure(
        "The customer's funding source does not cover the amount.",
        "Not enough money. Ask the customer to choose another way to pay in the wallet.",
        "余额不足。请顾客在钱包中更换付款方式。",
        "餘額不足。請顧客在錢包中更換付款方式。",
    ),
    "payer_limit_exceeded": _failure(
        "A limit of the customer's wallet refuses this amount.",
        "The amount is above the customer's limit. Ask for another way to pay.",
        "金额超过顾客的支付限额。请更换支付方式。",
        "金額超過顧客的支付限額。請更換支付方式。",
    ),
    "payer_not_allowed": _failure(
        "The customer's wallet account may not make this payment.",
        "The wallet refuses this payment; the customer can ask Alipay why. Use another way to pay.",
        "钱包拒绝了此付款。顾客可咨询支付宝,请改用其他支付方式。",
        "錢包拒絕了此付款。顧客可向支付寶查詢,請改用其他付款方式。",
    ),
    "payer_action_timeout": _failure(
        "The customer did not scan or confirm in time, or refused.",
        "The customer did not confirm in time. Nothing was charged; start again.",
        "顾客未及时确认。未扣款,请重新收款。",
        "顧客未及時確認。未扣款,請重新收款。",
    ),
    "merchant_not_active": _failure(
        "The merchant or store may not take payments.",
        "This shop cannot take Alipay payments now. Please call your acquirer.",
        "本店目前无法使用支付宝收款。请联系收单机构。",
        "本店目前無法使用支付寶收款。請聯絡收單機構。",
    ),
    "risk_declined": _failure(
        "The scheme's risk control refused the payment.",
        "Alipay refused this payment. Please use another way to pay.",
        "支付宝拒绝了此付款。请改用其他支付方式。",
        "支付寶拒絕了此付款。請改用其他付款方式。",
    ),
    "payment_declined": _failure(
        "The scheme refused the payment.",
        "Alipay refused this payment. Please use another way to pay.",
        "支付宝拒绝了此付款。请改用其他支付方式。",
        "支付寶拒絕了此付款。請改用其他付款方式。",
    ),
    "payment_closed": _failure(
        "The scheme closed the trade without payment.",
        "The payment was closed. Nothing was charged; start again.",
        "交易已关闭,未扣款。请重新收款。",
        "交易已關閉,未扣款。請重新收款。",
    ),
    "scheme_configuration": _failure(
        "The acquirer's set-up at the scheme refused the call; its staff have been alarmed.",
        "Alipay cannot be used at this till now. Please call your acquirer.",
        "本收银台暂时无法使用支付宝。请联系收单机构。",
        "本收銀台暫時無法使用支付寶。請聯絡收單機構。",
    ),
    "scheme_unavailable": _failure(
        "The scheme did not answer in time; the payment was cancelled.",
        "Alipay does not answer. Nothing was charged; use another way to pay or try later.",
        "支付宝没有响应,未扣款。请改用其他支付方式或稍后再试。",
        "支付寶沒有回應,未扣款。請改用其他付款方式或稍後再試。",
    ),
    "canceled_by_merchant": _failure(
        "The merchant cancelled the payment.",
        "The payment was cancelled. The customer was not charged, or has the money back.",
        "付款已取消。顾客未被扣款或款项已退回。",
        "付款已取消。顧客未被扣款或款項已退回。",
    ),
    # Cancels
    "cancel_window_closed": _failure(
        "The scheme takes no cancel after the end of the payment's day; refund instead.",
        "It is too late to cancel this payment. Please refund it.",
        "已超过撤销时限。请改为退款。",
        "已超過撤銷時限。請改為退款。",
    ),
    "cancel_refused": _failure(
        "The scheme cannot cancel this payment any more (refunded in part, or finished).",
        "This payment can no longer be cancelled. Please refund it.",
        "此付款已无法撤销。请改为退款。",
        "此付款已無法撤銷。請改為退款。",
    ),
    # Refunds
    "refund_amount_exceeded": _failure(
        "The scheme says that less is left to refund.",
        "This amount can no longer be refunded. Please check the earlier refunds.",
        "可退金额不足。请核对之前的退款。",
        "可退金額不足。請核對之前的退款。",
    ),
    "refund_window_closed": _failure(
        "The scheme's refund period is over.",
        "It is too late to refund through Alipay. Please call your acquirer.",
        "已超过支付宝退款期限。请联系收单机构。",
        "已超過支付寶退款期限。請聯絡收單機構。",
    ),
    "refund_declined": _failure(
        "The scheme refused the refund.",
        "Alipay refused this refund. Please call your acquirer.",
        "支付宝拒绝了此退款。请联系收单机构。",
        "支付寶拒絕了此退款。請聯絡收單機構。",
    ),
}
