"""What prices prove of a plan's bounds, counted anew from the columns. No solver is asked.

Nothing here knows of an engine: whoever made the prices, and however, the bound that they prove is
the same. `prices` has the certificate, `proving` what it proves, `written` its form as JSON.
"""
