"""The documentation. What of it comes from the code or from a run is written by `python -m docs`."""
