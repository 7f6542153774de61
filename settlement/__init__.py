"""Each day's money: fees, reconciliation, settlement batches, payouts, statement files, breaks."""
