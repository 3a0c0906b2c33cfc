"""The faces: all that knows a platform."""
