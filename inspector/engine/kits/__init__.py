"""Sessions that embedded kits keep of their own: their rules as values, what they make of the inputs (G19)."""
