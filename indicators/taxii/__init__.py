"""The TAXII 2.1 door: one file per resource; translates, calls once, translates back."""
