"""What a cashier reads where a coupon, points or a card is refused: one sentence a language.

By the field of the request and the code of its fault (``coupon.used_up``). The sentences of
payments that Alipay refuses stand in ``connectors.failures``.
"""

from collections.abc import Mapping

from kernel.sentences import in_each

CASHIER_WORDS: dict[str, Mapping[str, str]] = {
    "coupon.unknown": in_each("There is no such coupon.", "没有此优惠券。", "沒有此優惠券。"),
    "coupon.mistyped": in_each(
        "A character of the coupon is wrong. Type or scan it again.",
        "优惠码有误,请重新输入或扫描。",
        "優惠碼有誤,請重新輸入或掃描。",
    ),
    "coupon.twice": in_each("The same coupon twice.", "优惠券重复。", "優惠券重複。"),
    "coupon.withdrawn": in_each(
        "The coupon was withdrawn.", "此优惠券已作废。", "此優惠券已作廢。"
    ),
    "coupon.not_active": in_each(
        "The campaign is not running.", "此优惠活动未进行。", "此優惠活動未進行。"
    ),
    "coupon.not_started": in_each(
        "The campaign has not begun yet.", "此优惠活动尚未开始。", "此優惠活動尚未開始。"
    ),
    "coupon.over": in_each(
        "The coupon is no longer valid.", "此优惠券已过期。", "此優惠券已過期。"
    ),
    "coupon.used_up": in_each(
        "The coupon was used already.", "此优惠券已使用。", "此優惠券已使用。"
    ),
    "coupon.budget_spent": in_each(
        "The campaign has nothing left to give.", "此优惠活动名额已用完。", "此優惠活動名額已用完。"
    ),
    "coupon.member_needed": in_each(
        "The coupon is for members. Scan the customer's card too.",
        "此优惠券仅限会员,请同时扫描会员卡。",
        "此優惠券僅限會員,請同時掃描會員卡。",
    ),
    "coupon.other_member": in_each(
        "The coupon belongs to another member.", "此优惠券属于其他会员。", "此優惠券屬於其他會員。"
    ),
    "coupon.member_limit": in_each(
        "The member has used this campaign as often as it allows.",
        "该会员已达此活动的使用次数上限。",
        "該會員已達此活動的使用次數上限。",
    ),
    "coupon.not_first_purchase": in_each(
        "The coupon is for a first purchase only.",
        "此优惠券仅限首次消费。",
        "此優惠券僅限首次消費。",
    ),
    "coupon.other_currency": in_each(
        "The coupon is in another currency.", "此优惠券的币种不符。", "此優惠券的幣種不符。"
    ),
    "coupon.other_store": in_each(
        "The coupon is not valid at this store.", "此优惠券不适用于本店。", "此優惠券不適用於本店。"
    ),
    "coupon.other_hours": in_each(
        "The coupon is not valid at this time.",
        "此优惠券不适用于当前时段。",
        "此優惠券不適用於目前時段。",
    ),
    "coupon.minimum_spend": in_each(
        "The price is below what the coupon needs.",
        "消费金额未达到优惠券的使用门槛。",
        "消費金額未達到優惠券的使用門檻。",
    ),
    "coupon.not_stackable": in_each(
        "The coupon cannot be combined with the others.",
        "此优惠券不能与其他优惠同时使用。",
        "此優惠券不能與其他優惠同時使用。",
    ),
    "coupon.no_goods": in_each(
        "Nothing in this sale is what the coupon takes off.",
        "此次消费没有适用该优惠券的商品。",
        "此次消費沒有適用該優惠券的商品。",
    ),
    "coupon.locked": in_each(
        "Too many wrong coupons. Sell without one, or wait ten minutes.",
        "错误的优惠码过多。请不使用优惠券收款,或等待十分钟。",
        "錯誤的優惠碼過多。請不使用優惠券收款,或等待十分鐘。",
    ),
    "coupon.nothing_left_to_charge": in_each(
        "The coupon takes off the whole price. Sell without Alipay.",
        "优惠后金额为零,无需使用支付宝收款。",
        "優惠後金額為零,無需使用支付寶收款。",
    ),
    "member.unknown": in_each(
        "This is no member's card of this shop.", "这不是本店的会员卡。", "這不是本店的會員卡。"
    ),
    "points.member_needed": in_each(
        "Scan the member's card to spend points.",
        "使用积分请扫描会员卡。",
        "使用積分請掃描會員卡。",
    ),
    "points.not_spendable": in_each(
        "Points cannot be spent here now.", "目前无法使用积分。", "目前無法使用積分。"
    ),
    "points.too_few_points": in_each(
        "Fewer points than can be spent at once.",
        "低于单次可用积分下限。",
        "低於單次可用積分下限。",
    ),
    "points.not_a_multiple": in_each(
        "Points are spent in fixed steps.", "积分须按固定数量使用。", "積分須按固定數量使用。"
    ),
    "points.not_enough_points": in_each(
        "The member does not have so many points.", "会员积分不足。", "會員積分不足。"
    ),
    "points.nothing_left_to_charge": in_each(
        "The points pay the whole price. Sell without Alipay.",
        "积分已抵扣全部金额,无需使用支付宝收款。",
        "積分已抵扣全部金額,無需使用支付寶收款。",
    ),
}
