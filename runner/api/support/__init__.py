"""What several use cases need."""
