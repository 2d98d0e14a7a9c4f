"""Legal steps: which court, until when, whether it pays, what others charge, and the hand-over."""
