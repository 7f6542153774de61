"""What can be done to a payment, one file per verb. They decide; edges only parse and call."""
