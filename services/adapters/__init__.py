"""The outside world, each part behind one small protocol. Knows neither tables nor services."""
