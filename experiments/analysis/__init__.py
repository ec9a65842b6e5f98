"""What the results say: groups of networks, statistics, claims and findings."""
