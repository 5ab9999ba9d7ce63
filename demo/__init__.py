"""The demo: three brands, their pictures drawn by code, and the command that fills a database."""
