"""Mail that comes back: replies, bounces, and what a person makes of them."""
