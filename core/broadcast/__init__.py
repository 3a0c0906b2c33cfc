"""What is said to many: when it is due, who gets it, and how it becomes rows of the one outbox."""
