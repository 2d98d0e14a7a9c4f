"""Django's PostgreSQL backend, which finds and revives the embedded server."""
