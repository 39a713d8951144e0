"""Pages of screening: for bodies with the mandate licensing or audit, and for the register's operator.

To everybody else, and to whoever is screened, none of them exists: the same 404 as no page (threats A5, C7).
"""
