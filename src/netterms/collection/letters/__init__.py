"""Letters to a buyer: what they say, in which language, and that they are complete."""
