"""What the tests share: servers, databases, browsers."""
