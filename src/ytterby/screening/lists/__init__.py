"""Files of lists: what authorities publish and operators keep, read into entries.

What it knows. The layouts of the files (`FORMATS` in `reading`), how a layout is told by content (`sniffing`), how XML
and CSV are read without letting a file do harm (`xml_records`, `csv_rows`), what lists call countries, days and
identifiers (`countries.csv`, `days`, `identifier_kinds.csv`). Each importer is one module, from bytes to entries.

What it never does. It drops nothing silently: what an entry says beyond the fields of `ListedEntry` stands in its
remark, what an importer does not understand is counted and named, an entry that cannot be screened is a finding. It
expands no XML entity, follows no address, opens no file.

Invariants, each held by a test. No bytes raise. The same bytes give the same entries. An entry has an id of its own in
its list, and at least one name.
"""
