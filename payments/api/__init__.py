"""The REST API of payments and refunds, and the address that Alipay notifies."""
