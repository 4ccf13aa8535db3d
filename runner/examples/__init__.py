"""Functions that the presets quickstart and digits tune; patterns for your own."""
