"""What a site may change of the knowledge, as files of the same format. Guard rails are not."""
