"""Pages of people themselves: signing in, one-time codes, passkeys. In a demo there are the pages of passkeys alone."""
