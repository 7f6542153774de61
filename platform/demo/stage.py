"""What a play is given: addresses, ids and keys. Who made them is not its business."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stage:
    """One merchant that is tried, its rival, and Alipay's simulator beside them.

    ``run`` begins every merchant reference, so that a play can be repeated on the same merchant.
    Keys are never shown: they are left out of ``repr``.
    """

    web_url: str
    sandbox_url: str
    run: str
    partner_id: str
    store: str
    terminal: str
    scheme_store_id: str
    scheme_merchant_id: str
    api_key: str = field(repr=False)
    rival_api_key: str = field(repr=False)
