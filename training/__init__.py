"""Train Plateward's own networks: draw plates, learn to read them, export, measure."""
