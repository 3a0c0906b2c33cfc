"""What everybody has to know while something is wrong."""
