"""From windows to trained networks, their results, and the folder that keeps them."""
