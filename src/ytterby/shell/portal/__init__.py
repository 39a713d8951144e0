"""Portal: pages for people, in English and Chinese, that work without a script.

It knows: who sits before it (`audience`), as of which log size it is asked (`moment`), how a page, a
list and its CSV and JSON twins are put together (`page`, `table`, `facet`), and one package of views for each role
(`auditor` so far). It reads only through `ytterby.shell.store.reading`, with the viewer of whoever is signed in,
and never queries a table. Every view says who may see it; to all others it does not exist (404).

Rules that tests hold: no `style` attribute and no script but `keys.js` (CSP `default-src 'self'`); every sentence
goes through gettext and has its Chinese; every list has a `.csv` and a `.json`; a state is a word, a shape and a
colour; `?known_at=N` is carried along by every link and said in a banner. Start reading at `urls`.
"""
