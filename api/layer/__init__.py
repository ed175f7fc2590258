"""What every JSON route shares: one decorator from which routing, checks and OpenAPI are made."""
