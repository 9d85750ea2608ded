"""Pictures of customers: which identifiers hang together, and what keeps others away."""
