"""Above which amounts staff need a second person, until the acquirer sets a rule of its own."""

# About 1,000 US dollars, in minor units, until the acquirer says otherwise.
TWO_PEOPLE_ABOVE: dict[str, int] = {
    "HKD": 800_000,
    "USD": 100_000,
    "EUR": 100_000,
    "GBP": 80_000,
    "SGD": 130_000,
    "AUD": 150_000,
    "CNY": 700_000,
    "MOP": 800_000,
    "JPY": 150_000,
    "KRW": 1_300_000,
    "THB": 3_500_000,
    "MYR": 450_000,
}
