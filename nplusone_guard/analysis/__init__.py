"""The parts of `manage.py analyze_queries`, which is not there yet: which indexes are missing or wasted."""
