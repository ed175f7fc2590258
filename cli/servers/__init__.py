"""PostgreSQL and Valkey of our own, for where no address of a server is given."""
