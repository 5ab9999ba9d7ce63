"""What the measured servers serve beside the site."""
