"""What a line is charged, as a part of the statement that freezes a batch."""

# A merchant without a fee plan is charged nothing.
CHARGED = """
SELECT picked.*, 0::bigint AS fee_minor, 0::bigint AS vat_minor, NULL::uuid AS fee_version_id
  FROM picked
"""
