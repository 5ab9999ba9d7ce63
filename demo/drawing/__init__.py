"""Pictures of products, drawn with Pillow: the same seed draws the same picture."""
