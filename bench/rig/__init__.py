"""What the benchmarks share: servers in processes of their own, and clients that cost little."""
