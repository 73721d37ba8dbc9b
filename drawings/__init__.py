"""The book's drawings: one script a drawing, on one small kit. ``python -m drawings`` makes all files."""
