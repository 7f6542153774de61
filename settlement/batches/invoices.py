"""The invoice of each batch that charged fees, as a part of the statement that freezes it.

The acquirer's freezings come one after another (settlement.services.settle), and a number is given
with the batch or not at all: the series has no gap.
"""

from kernel.ids import beside

_BUYER = """
jsonb_build_object('name', merchant.legal_name, 'line1', merchant.registered_line1,
    'line2', merchant.registered_line2, 'town', merchant.registered_town,
    'region', merchant.registered_region, 'postal_code', merchant.registered_postal_code,
    'country', merchant.country, 'tax_number', merchant.registration_number)
"""
_SELLER = """
jsonb_build_object('name', COALESCE(issuer.legal_name, acquirer.name),
    'line1', COALESCE(issuer.line1, ''), 'line2', COALESCE(issuer.line2, ''),
    'town', COALESCE(issuer.town, ''), 'region', COALESCE(issuer.region, ''),
    'postal_code', COALESCE(issuer.postal_code, ''), 'country', acquirer.country,
    'tax_number', COALESCE(issuer.tax_number, ''))
"""
INVOICED = f"""
INSERT INTO settlement_feeinvoice
       (id, acquirer_id, merchant_id, livemode, batch_id, number, prefix, seller, buyer, created_at)
SELECT {beside("batch.batch_id")}, %(acquirer)s,
       batch.merchant_id, %(livemode)s, batch.batch_id,
       COALESCE((SELECT max(number) FROM settlement_feeinvoice
                  WHERE acquirer_id = %(acquirer)s AND livemode = %(livemode)s), 0)
       + row_number() OVER (ORDER BY batch.merchant_id, batch.currency),
       COALESCE(issuer.number_prefix, ''), {_SELLER}, {_BUYER}, %(now)s
  FROM decided AS batch
  JOIN frozen ON frozen.id = batch.batch_id
  JOIN merchants_merchant AS merchant ON merchant.id = batch.merchant_id
  JOIN tenancy_acquirer AS acquirer ON acquirer.id = %(acquirer)s
  LEFT JOIN settlement_issuer AS issuer ON issuer.acquirer_id = acquirer.id
 WHERE batch.fees <> 0 OR batch.vat <> 0
"""  # noqa: S608 - the program's words
