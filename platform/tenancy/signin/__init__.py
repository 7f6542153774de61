"""How staff prove who they are: password, second factor, lock-out, sessions."""
