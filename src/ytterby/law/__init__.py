"""What is controlled, and until when an answer is due: dated law as packs, classification, calendars and the clock.

What this room knows. A *pack* (`pack`, YAML beside the code in `packs/`) holds rules with their dates, suspensions
and readings (`dated_rule`), items and their parts, guidance, doubts, parameters, tariff lines (`item`), facts that
rules ask for (`fact`). It is read with all its problems (`pack_reader`: shape after `pack_schema`, then
`pack_check`), pinned by a digest, compared with another (`pack_diff`), and joined with others into a *book* (`book`).
Over a book run three questions: how a rule stands on a day (`standing`), whether it or a code applies (`applies`, with
the conditions of `condition` in the logic of `ternary`), and which codes goods fall under (`classification`, over
`goods`, `presence`, `part_match`); beside the answer the lines of the tariff (`tariff`). Of
which deed along the chain a rule is, and what it may ask of it: `conduct`. What goods and their parts are worth, and
where from (`goods_value`), gives a share of value (`value_share`) and other facts (`goods_facts`). Which day of a
transaction counts: `days`; what an answer lets an exporter do: `export_leave`.
*Days.* Which days work is data of a calendar (`calendar`, tables in `calendars/`, read by `calendar_table`); when a
period ends and how sure that is (`due`); on which day a case stands, what stopped it and when it is due, as a function
of its events (`clock`, by the rules of `clock_rule`).
*Procedures.* States, steps, documents, clocks, kinds of licence of a pack, as data that a kernel of cases follows
(`procedure`, `licence_kind`, `procedure_schema`, `procedure_check`, `procedure_reader`). How an office works on one,
and which facts of a case a score card may count as a risk: `casework_rule`, `casework_fact`, `casework_schema`,
`casework_check`, `casework_reader`.
*Changes.* Whose answer differs by two books, from which day on (`impact`, `law_change`), and which goods a difference
between them can concern at all (`reach`).
*Flow.* Who owes a return of which period and until when, and what draws on a quota: entries with the dates of a rule
(`flow_entry`, `flow_law`, `return_period`).
*Fields.* What each field of every form rests on (`basis`), as the register's own files say it with what packs add
(`field_list`, files in `fields/`).
*Dossiers.* What a complete dossier holds (`dossier_rule`, `dossier_schema`, `dossier_check`, `dossier_reader`), a
dossier as it is told (`dossier`), and what it lacks (`completeness`); what a description of an end use names and leaves
vague (`end_use_rule`, `end_use`).
*Sentences.* Tests of packs that a lawyer can write, and whether they hold (`law_sentence`).

What it never does. It names no country, no statute and no limit: all of that is data, and a test greps the code for
it. It never lets a tariff code decide. It never calls free what nobody has read: a list that a pack holds as null
makes the answer `unknown`. It hides no doubt: what was recalled and not read, and what is practice and not law, is
said in every answer that rests on it. It settles no dispute: that is an officer's dated entry in a pack. It reads no
file and no clock.

Terms. *On*: the day that is asked about. *Known on*: the day whose knowledge is used. *World*: one way to read all
that is disputed. *Part*: one numbered sentence of an item. *System*: the elements that make an alloy or target.
*Beside*: a figure beside the limit that holds or frees the goods. *Presumed*: a fact that is taken as given because
the rule is about it; the answer names it.

Invariants, each held by a test. Answers are yes, no, disputed, unknown, or the rule's own two words: disputed where
worlds differ, unknown where a missing fact leaves several words possible, with the facts that would settle it. A
period that is lifted on the day on which it begins changes nothing. More of a controlled element never frees goods,
within one form. Goods of which nothing that differs between two books speaks are answered alike by both. No field is
required but by law or by the sense of the entry; stating a field never makes it missing. The order of elements,
systems, packs, entries and documents changes nothing. Learning a fact that was not presumed never turns yes into no.
Limits are compared as decimals; within k u of a limit nothing is decided.

Sources. Each entry of a pack names its own. Kleene (1952), section 64, for the logic; GUM, JCGM 100:2008, 6.2, for
coverage factors.
"""

from ytterby.law.applies import Application, applies
from ytterby.law.book import LawBook, make_book
from ytterby.law.classification import Classification, Classifier
from ytterby.law.fact import FactKind, read_facts
from ytterby.law.goods import Goods, read_goods
from ytterby.law.pack import SCHEMA, Pack, pack_digest
from ytterby.law.pack_diff import Change, diff_packs
from ytterby.law.pack_reader import read_pack
from ytterby.law.said import Reason, Said
from ytterby.law.tariff import lines_of
from ytterby.law.ternary import Ternary
from ytterby.law.trust import Confidence, Trust

__all__ = [
    "SCHEMA",
    "Application",
    "Change",
    "Classification",
    "Classifier",
    "Confidence",
    "FactKind",
    "Goods",
    "LawBook",
    "Pack",
    "Reason",
    "Said",
    "Ternary",
    "Trust",
    "applies",
    "diff_packs",
    "lines_of",
    "make_book",
    "pack_digest",
    "read_facts",
    "read_goods",
    "read_pack",
]
