"""A strict, stateful stand-in for Stripe's API, in a process of its own; see README.md."""
