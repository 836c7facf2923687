"""What is screened: the files of a source, and the documents in them."""
