"""One screening run: what it is, how far it got, how it goes on after a kill, what it came to."""
