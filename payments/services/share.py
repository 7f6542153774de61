"""A refund's part of what its payment was reduced by. Pure: integers in, integers out.

The rounding is called *running down*: after each refund the parts together are the reduction in
proportion to what was refunded, rounded down. So no order and no number of refunds gives back more
than was taken off, and the refund of the last minor unit brings the parts to it exactly.
"""


def share(total: int, *, charged: int, asked: int, held: int) -> int:
    """The part of ``total`` for a refund, in minor units.

    ``asked`` of ``charged`` is refunded once this refund counts, and ``held`` are the parts of the
    others, those in doubt among them. A refund that fails gives its part back, which may leave
    the others above their proportion for a while: then the next ones get nothing.
    """
    return max(0, total * asked // charged - held)
