"""A RxNorm release in the published format, for tests and benchmarks."""
