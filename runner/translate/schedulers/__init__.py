"""The options of the config group `scheduler`: one file each, named as the option."""
