"""Tables, and nothing else: columns and database constraints, no workflow."""
