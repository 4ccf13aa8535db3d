"""The options of the config group `searcher`: one file each, named as the option."""
