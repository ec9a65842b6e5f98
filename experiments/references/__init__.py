"""What a network is measured by: errors, and the forecasters that it stands beside."""
