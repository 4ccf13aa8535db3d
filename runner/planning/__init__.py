"""What an experiment will do, told before it does it: one file a question."""
