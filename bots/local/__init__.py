"""Stand-ins on loopback, for trying Helpline without a token and for the tests."""
