"""Between searchers and trials: what a searcher sees of a search space, is asked, and is told."""
