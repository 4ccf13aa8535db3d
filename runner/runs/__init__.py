"""The run folder, what is kept in it, and what a person sees while and after a run."""
