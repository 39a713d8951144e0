"""Pages of the chain: for whoever may read everything, and for a party, which reads in them what is its own.

Lots and their traces, deliveries, balances of steps, findings, the log and its proofs.
"""
