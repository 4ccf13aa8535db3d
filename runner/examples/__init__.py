"""Functions that presets tune; patterns for your own."""
