"""What a newcomer is told when the story is over: addresses, sign-ins, and a first payment."""

from config.demonstration.stage import SignIn
from demo.stage import Stage

# The simulator's code for a payment that succeeds at once: 2899, fault 00, twelve free digits.
_HAPPY_CODE = "289900"


def guide(stage: Stage, sign_in: SignIn) -> str:
    """The text. It holds a key and passwords: all of a test acquirer on this machine."""
    second = sign_in.second
    another = f"  second person      {second.email}   {second.password}\n" if second else ""
    return f"""
Tillgate keeps serving until Ctrl-C:

  API documentation  {stage.web_url}/docs
  admin              {stage.web_url}/admin/   {sign_in.email}   {sign_in.password}
{another}  insights           {stage.web_url}/admin/portal/analysis/?mode=test
  breaks             {stage.web_url}/admin/settlement/break/
  settlements        {stage.web_url}/admin/settlement/batch/
  payment files      {stage.web_url}/admin/settlement/paymentfile/
  customers' wallet  {stage.sandbox_url}/wallet
  API key            {stage.api_key}
  store              {stage.store}

A first payment (paste it as often as you like: code and reference are new each time):

{first_payment(stage)}

Scan a code of the wallet page instead, and type the password there if it asks for one.
"""


def first_payment(stage: Stage) -> str:
    """A line for a shell that charges a fresh code."""
    body = (
        f'{{"amount": 12050, "currency": "HKD", "payment_code": "{_HAPPY_CODE}\'$(date +%s)\'42", '
        f'"merchant_reference": "first-\'$(date +%s)\'", "store": "{stage.store}"}}'
    )
    return (
        f"curl -i {stage.web_url}/v1/payments "
        f"-H 'Authorization: Bearer {stage.api_key}' "
        f"-H 'Content-Type: application/json' -d '{body}'"
    )
