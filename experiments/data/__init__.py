"""From a file, or a law, to windows of features."""
