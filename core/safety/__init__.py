"""Pure: what protects a person from giving a secret away."""
