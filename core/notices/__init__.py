"""Broadcasts that draft themselves."""
