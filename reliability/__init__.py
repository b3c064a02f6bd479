"""Reliability: experiments that try to break the toolkit, and the table of what they found.

``python -m reliability`` runs them and writes ``docs/reliability.md``; with names of
experiments it runs these alone and keeps the other figures.
"""
