"""`make bench`: every speed that the README names."""

import asyncio

from bench import reading, turns

if __name__ == "__main__":
    asyncio.run(turns.main())
    asyncio.run(reading.main())
