"""What people fill in about briefs, drafts and conversations."""
