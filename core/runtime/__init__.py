"""Receive, turn, perform: the loops around the pure engine."""
