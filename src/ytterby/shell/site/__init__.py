"""Settings, addresses, the packaged tables, and the register folder."""
