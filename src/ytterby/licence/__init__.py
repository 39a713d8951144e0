"""May it leave: cases of the licence office, decisions, licences, and what is drawn on them.

It knows what was said in a case and what follows from it, and never who is asking from which door, what time it is, or
what a database holds. It imports law, chain, balance and screening, and nothing above.
"""
