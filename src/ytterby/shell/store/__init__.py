"""Tables and queries: `models` and `migrations` the tables, `reading` every query, `writing` the one way to write."""
