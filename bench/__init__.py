"""How fast is the book? Side by side with its peers, on one machine: ``python -m bench``."""
