"""The Spark engine: the same placing and the same job, in the executors of a cluster."""
