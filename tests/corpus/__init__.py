"""The labelled corpus: code of every shape that Django teams write, and what is wrong with it, or not.

`scenario.py` says what a scenario is, `scenarios/` has them by theme, `store/` is the application they run in,
`running.py` runs them, `grading.py` compares what the guard says with what is right, and `python -m tests.corpus`
prints the figures. `test_corpus.py` proves the labels and keeps the figures above those in `floor.json`.
"""
