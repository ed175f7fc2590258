"""The ways out of the house, and back in, behind one protocol (`protocol.Channel`)."""
