"""Rows as points, and a model that says which cluster each is of."""
