"""Pages of law: what is in force on a day, what goods are, when an answer is due, what the packs say and where.

Law is public: every party and every auditor who is signed in reads the same. Of the register is asked who reads, and
by which law it goes (`store.reading.law`); the answers are those of the commands of law, built by what both share
(`shell.site`).
"""
