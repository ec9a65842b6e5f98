"""What a network did: every gate, state and gradient, and how far gradients reach."""
