"""Fills an empty database with three brands and their seasons, through the apps' own actions."""
