"""Pages of whoever may read everything: auditors, tracing bodies, analysts, and the demo user.

Lots and their traces, deliveries, balances of steps, findings, the log and its proofs.
"""
