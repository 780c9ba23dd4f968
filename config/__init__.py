"""Settings and the city's own data: which unit handles what, how long it may take, what each district adds.

Nothing but the wiring imports this; values are passed inward.
"""
