"""The story that `make demo` plays: ten steps, each told as it happens and checked."""

from demo.play import Step
from demo.steps import doubt, paying, showing, totals

STORY = (
    Step("A code is scanned and paid at once", paying.is_paid_at_once),
    Step("The same request again is the same payment", paying.is_the_same_payment),
    Step("The customer must type a password", doubt.is_paid_with_a_password),
    Step("The customer never confirms", doubt.is_canceled_at_the_deadline),
    Step("Alipay takes the money, its answer is lost", doubt.is_found_by_query),
    Step("The code has expired", paying.is_refused_as_expired),
    Step("Another merchant's key sees none of it", paying.is_hidden_from_others),
    Step("A partial refund, then the rest", paying.is_given_back),
    Step("The customer scans the till's code", showing.is_paid_by_scanning_the_tills_code),
    Step("The day's totals are equal on both sides", totals.are_equal_on_both_sides),
)
