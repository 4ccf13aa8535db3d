"""Data sets: where they lie, what is wrong with them, how they get here; generated ones too."""
