"""The door for machines: cases, licences and draws as HTTP with an OpenAPI description, under /api/v1/.

It never decides: it reads who is asking, calls an action or a reading, and answers what the audience may read.
"""
