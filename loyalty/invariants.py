"""What must always hold of points: one table of statements, each finding what breaks its rule."""

from tenancy.invariants import Invariant

BALANCES = """
SELECT m.id, 'says ' || m.points || ', entries say ' || COALESCE(sum(e.points), 0)
  FROM loyalty_member AS m LEFT JOIN loyalty_pointsentry AS e ON e.member_id = m.id
 WHERE m.acquirer_id = %(acquirer)s
 GROUP BY m.id HAVING m.points <> COALESCE(sum(e.points), 0)
"""
LOTS = """
SELECT lot.id, lot.points || ', of which ' || -sum(used.points) || ' were taken'
  FROM loyalty_pointsentry AS lot JOIN loyalty_pointsentry AS used ON used.lot_id = lot.id
 WHERE lot.acquirer_id = %(acquirer)s
 GROUP BY lot.id
HAVING sign(lot.points) * (lot.points + sum(used.points)) NOT BETWEEN 0 AND abs(lot.points)
    OR bool_or(used.member_id <> lot.member_id) OR lot.lot_id IS NOT NULL
"""
EARNINGS = """
SELECT earning.id, 'earned ' || earning.points || ', written ' || COALESCE(lot.points, 0)
  FROM loyalty_earning AS earning
  LEFT JOIN loyalty_pointsentry AS lot ON lot.member_id = earning.member_id AND lot.kind = 'earn'
       AND lot.cause_type = 'payment' AND lot.cause_id = earning.payment_id
 WHERE earning.acquirer_id = %(acquirer)s AND earning.points IS NOT NULL
   AND earning.points <> COALESCE(lot.points, 0)
"""
GIVEN_BACK = """
SELECT earning.id, payment.status || ', and still keeps ' || earning.kept_points
  FROM loyalty_earning AS earning JOIN payments_payment AS payment ON payment.id = earning.payment_id
  JOIN loyalty_member AS m ON m.id = earning.member_id AND m.status <> 'forgotten'
 WHERE earning.acquirer_id = %(acquirer)s AND earning.due_at IS NULL AND earning.kept_points > 0
   AND (payment.status = 'canceled' OR payment.refunded_minor >= payment.amount_minor)
"""  # noqa: E501
NOTED = """
SELECT payment.id, 'a sale to a member that earned nothing'
  FROM payments_payment AS payment
 WHERE payment.acquirer_id = %(acquirer)s AND payment.member_id IS NOT NULL
   AND payment.status = 'succeeded'
   AND NOT EXISTS (SELECT FROM loyalty_earning AS e WHERE e.payment_id = payment.id)
"""
SPENT = """
SELECT payment.id, payment.status || ', and ' || -sum(entry.points) || ' points are still spent'
  FROM loyalty_pointsentry AS entry
  JOIN payments_payment AS payment ON payment.id = entry.cause_id
 WHERE entry.acquirer_id = %(acquirer)s AND payment.status IN ('failed', 'canceled')
   AND (entry.cause_type = 'payment' AND entry.kind = 'burn' OR entry.cause_type = 'return')
 GROUP BY payment.id HAVING sum(entry.points) <> 0
"""
WALLETS = """
SELECT wallet.id, 'is known, and its member does not agree'
  FROM loyalty_walletlink AS wallet JOIN loyalty_member AS m ON m.id = wallet.member_id
 WHERE wallet.acquirer_id = %(acquirer)s
   AND (m.status = 'forgotten' OR wallet.programme_id <> m.programme_id OR NOT COALESCE((
        SELECT c.is_given FROM loyalty_consent AS c
         WHERE c.member_id = m.id AND c.purpose = 'wallet' ORDER BY c.id DESC LIMIT 1), false))
"""

INVARIANTS = (
    Invariant("balances", "A balance is the sum of its entries.", "mem", BALANCES),
    Invariant("lots", "No more is taken from a lot than it has.", "pts", LOTS),
    Invariant("earnings", "What a payment earned was written, once.", "eng", EARNINGS),
    Invariant("given_back", "A payment that was given back keeps no points.", "eng", GIVEN_BACK),
    Invariant("spent", "Points are spent on sales only.", "pay", SPENT),
    Invariant("noted", "Every sale to a member was noted.", "pay", NOTED),
    Invariant("wallets", "A wallet is known only with consent.", "wal", WALLETS),
)
