"""Many merchants and stores at once: sheets (CSV or XLSX) that are checked whole, then taken whole.

A row is a store. Its merchant's columns may be left empty where an earlier row, or Tillgate, has
them already.
"""
