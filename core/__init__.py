"""The platform-free core of Helpline."""
