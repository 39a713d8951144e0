"""What is derived from the log: postings as they are accepted, the cells of the book behind them, and a rebuild of all.

Postings are written with the event, in its transaction; cells follow, up to the edition's watermark. One edition is
live. Every row can be thrown away and written anew from the submitted bytes.
"""
