"""The indexes of the demo site, judged: `python -m benchmarks.audit` writes docs/guides/index-audit.md."""
