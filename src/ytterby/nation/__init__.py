"""A country to try the register on: plants, laboratories, months, honest and dishonest."""
