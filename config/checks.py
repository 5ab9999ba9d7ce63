"""System checks over the whole installation."""
