"""Precision marketing: who is meant, what it will cost, what it has brought.

Personas are the portal's and members are loyalty's: who is meant is chosen here, and handed to
loyalty as ids of members (docs/decisions/0045).
"""
