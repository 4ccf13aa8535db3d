"""A run as a page for people, as pictures, and as files for other tools."""
