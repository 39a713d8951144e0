"""Spreadsheets as files: XLSX and CSV are read into cells and written from them.

What this package knows. Limits before parsing (`workbook_limits`), workbooks (`workbook`), comma-separated text
(`text_table`), conversion in a child process with limits of memory and time (`converting`, `child`), and writing
(`writing`, `template`).

What it never does. It fetches nothing, follows no link, computes no formula (threat X5), and writes no text that a
spreadsheet program would compute (threat X7).
"""
