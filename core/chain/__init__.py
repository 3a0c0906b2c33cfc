"""Where a transaction is, from real nodes."""
