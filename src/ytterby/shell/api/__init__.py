"""The door for machines: cases, licences, customs and filings as HTTP with an OpenAPI description, under /api/v1/.

It never decides: it reads who is asking, calls an action or a reading, and answers what the audience may read.

`routes.py` lists every address with its audience, its scope and what it takes and gives; `dispatch.py` is the one way
in; `who.py` says who asks, anew at each request (threat X10). To a stranger, to a wrong token, and to whoever may not
know of something, all of it answers with the same 404. What is written goes through the same actions as everywhere; no
field of a body says who speaks. A bearer token alone approves nothing (threat D2).

Files by noun: cases, approvals, licences, customs, invitations, statements, use_profiles, orders, deliveries,
statistics.
"""
