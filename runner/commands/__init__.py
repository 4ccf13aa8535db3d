"""The doors: one module a command."""
