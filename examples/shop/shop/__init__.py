"""A small web shop that sells to companies on credit, with netterms behind its checkout."""
