"""Benchmarks: one command that prints ratios, measured with both sides by turns in one run.

`python -m bench` runs every part, `python -m bench NAME...` some; docs/performance.md is made from what it
writes. Nothing here decides a test: a time is a fact about one machine on one day.
"""
