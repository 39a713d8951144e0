"""Every query of the register. Each function takes a Viewer first: what one may not read does not exist."""
