"""A journal as messages and batches, and as what each output partner receives."""
