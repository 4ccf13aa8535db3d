"""The use cases, one module each: values in, values out. `import runner` offers their functions."""
