"""How does the demo site bear load, as it was written and as it was fixed, with the guard and without?"""
