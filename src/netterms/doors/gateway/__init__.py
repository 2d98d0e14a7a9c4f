"""The hot path of the API: orders that wait at the same moment go to the database as one call."""
