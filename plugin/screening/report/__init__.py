"""The report of a screening run: one page of HTML that needs nothing else."""
