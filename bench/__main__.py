"""`make bench`: every speed that the README names."""

import asyncio

from bench import floor, listening, outbox, reading, speaking, telephone, telephone_talk, turns

if __name__ == "__main__":
    asyncio.run(turns.main())
    asyncio.run(reading.main())
    listening.main()
    outbox.main()
    floor.main()
    asyncio.run(speaking.main())
    telephone.main()
    asyncio.run(telephone_talk.main())
