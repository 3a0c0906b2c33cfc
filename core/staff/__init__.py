"""Staff as persons: who they are on every platform, what they may do, and how they prove it."""
