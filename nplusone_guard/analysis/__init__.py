"""`manage.py analyze_queries`: which indexes are missing or wasted, which N+1s wait in the code, with evidence."""
