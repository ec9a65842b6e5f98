"""What the command lines of the study share."""
