"""The words of live health: kinds of trouble, and where they are. No Django, no I/O."""

from enum import StrEnum


class Kind(StrEnum):
    """What the trouble is; part of the API, never renamed."""

    SCHEME_SILENT = "scheme_silent"  # Alipay does not answer
    SCHEME_SLOW = "scheme_slow"
    ADDRESS_DOWN = "address_down"  # one of Alipay's addresses
    SET_UP_REFUSED = "set_up_refused"  # Alipay refuses our keys, contract or registration
    FAILING = "failing"  # a merchant's payments come to nothing
    CODE_READS = "code_reads"  # a till's scanner
    CALLS_REFUSED = "calls_refused"  # one key's calls, by ourselves
    SILENT = "silent"  # no sales where there should be


class Level(StrEnum):
    """Where; from wide to narrow."""

    ACCOUNT = "account"
    ADDRESS = "address"
    MERCHANT = "merchant"
    STORE = "store"
    TERMINAL = "terminal"
    KEY = "key"
