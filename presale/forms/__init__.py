"""Forms of the pre-sale: they judge what was typed and never write."""
