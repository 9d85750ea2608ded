"""The fuzzy kind of source: pairs of customers who may be one person, as Splink finds them."""
