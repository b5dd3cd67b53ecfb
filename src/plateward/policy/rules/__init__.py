"""What a decision asks, one rule at a time: who, why, for which case, how much at once."""
