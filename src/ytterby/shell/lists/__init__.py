"""Files of lists, read in a child process that may die in the register's stead (threat X5).

It knows how bytes become entries under limits of size, memory and time; the importers are `ytterby.screening.lists`.
It stores nothing.
"""
