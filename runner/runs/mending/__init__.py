"""Repair of a damaged run folder: what one file lost, the others hold."""
