"""One file for each thing that a person does. Doors write only through these."""
