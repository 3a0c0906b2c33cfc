"""The desk: what staff do with tickets, and what they see of them. Pure."""
