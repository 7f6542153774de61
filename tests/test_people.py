"""The shared fixtures themselves."""

from tests.people import Person


def test_acme_and_rival_share_an_acquirer_and_outsider_does_not(
    acme: Person, rival: Person, outsider: Person
) -> None:
    assert rival.acquirer == acme.acquirer
    assert rival.merchant != acme.merchant
    assert outsider.acquirer != acme.acquirer
