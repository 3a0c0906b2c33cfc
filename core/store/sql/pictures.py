"""Pictures and what platforms call them, on any engine."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256

from core.store.database import Database, Db, Values
from core.store.queries import SQL


class SqlPictures:
    """The bytes are text in the database, which every engine, move and backup carries as it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, name: str, data: bytes) -> None:
        """Keep a picture; one that is there already stays as it is."""
        await self._write("picture_put", (name, b64encode(data).decode("ascii")))

    async def find(self, name: str) -> bytes | None:
        """The bytes of a picture; somebody who changed them in the database has not changed the name."""
        body = await self._text("picture_find", (name,))
        data = b64decode(body)
        return data if sha256(data).hexdigest() == name.partition(".")[0] else None

    async def purge(self) -> int:
        """Forget those of drafts that were given up; how many."""

        def work(db: Db) -> int:
            idle = db.execute(SQL["picture_idle"]).fetchall()
            for statement in ("picture_kept_forget", "picture_forget") if idle else ():
                db.executemany(SQL[statement], idle)
            return len(idle)

        return await self._database.write(work)

    async def known(self, keeper: str, name: str) -> str:
        """What the platform calls a picture that this account of ours gave to it, "" when it gave none."""
        return await self._text("picture_known", (keeper, name))

    async def remember(self, keeper: str, name: str, ref: str) -> None:
        """The platform calls it so from now on."""
        await self._write("picture_remember", (keeper, name, ref))

    async def _text(self, statement: str, values: Values) -> str:
        row = await self._database.read(lambda db: db.execute(SQL[statement], values).fetchone())
        return str(row[0]) if row else ""

    async def _write(self, statement: str, values: Values) -> None:
        await self._database.write(lambda db: db.execute(SQL[statement], values).rowcount)
