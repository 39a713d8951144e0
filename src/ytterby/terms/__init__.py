"""What all rooms say: problems, identifiers, instants, quantities, canonical JSON and digests."""
