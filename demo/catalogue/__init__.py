"""What the demo shows: briefs, drafts, and what people said about them."""
