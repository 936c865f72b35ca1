"""A tutoring platform with N+1 queries in it, on which the guard is shown, tested and measured."""
