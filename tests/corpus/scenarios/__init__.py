"""The scenarios by theme. A new module is found by itself."""
