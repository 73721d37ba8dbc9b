"""The book's plumbing: what more than one chapter needs. Lessons live in the chapters.

Nothing is re-exported: a chapter says where each name lives, as in ``from utils.data import load_mnist``.
"""
