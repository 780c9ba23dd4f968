"""People: the queue as a citizen hears it, what operators do with the conversations they hold, and the console they work at."""
