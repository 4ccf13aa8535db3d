"""Private parts of Ray that we build on, one file each; tests/translate/test_internals.py names the versions tried."""
