"""The local engine: three stages over a folder of work, each call of which can be repeated."""
