"""The options of the config group `ray`: one file each, named as the option."""
