"""The options of the config group `stopper`: one file each, named as the option."""
