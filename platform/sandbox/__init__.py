"""The Alipay simulator: own process, own storage, own signing code; nothing ships with it."""
