"""Ray Tune callbacks of our own. They import Ray: only code that runs trials imports them."""
