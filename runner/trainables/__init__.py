"""What a trial can run: one module or package an option of the group `trainable`."""
