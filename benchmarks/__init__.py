"""Speed, each figure beside a named peer or a physical limit measured in the same run, as a ratio. Not tests."""
