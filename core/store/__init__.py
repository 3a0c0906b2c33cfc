"""What is remembered: one small protocol a room, over one connection."""
