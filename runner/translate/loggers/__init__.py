"""The options of the config group `logger`: one file each, named as the option."""
