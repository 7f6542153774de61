"""What a payment scheme must be able to do, and the schemes that can.

A connector knows no tables: plain values go in, an outcome with its evidence comes out.
"""
