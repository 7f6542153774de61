"""Alipay's legacy global gateway (``gateway.do``): barcode payments of an acquirer's merchants."""
