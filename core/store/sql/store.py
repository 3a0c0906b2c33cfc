"""All rooms over one database."""

from __future__ import annotations

from core.store.broadcasts import Broadcasts
from core.store.community import CommunityRoom
from core.store.database import Database
from core.store.drips import DripRoom
from core.store.freezes import FreezeRoom
from core.store.incidents import IncidentRoom
from core.store.lessons import Lessons
from core.store.notices import NoticeRoom
from core.store.official import OfficialRoom
from core.store.parts import Parts
from core.store.pictures import Pictures
from core.store.preferences import Preferences
from core.store.rooms import (
    Audit,
    Desk,
    Flows,
    Inbox,
    Leases,
    Outbox,
    People,
    Slots,
    Tickets,
    Turns,
    Upkeep,
)
from core.store.snapshots import Snapshots
from core.store.sql.broadcasts import SqlBroadcasts
from core.store.sql.community import SqlCommunity
from core.store.sql.desk import SqlDesk, SqlTickets
from core.store.sql.drips import SqlDrips
from core.store.sql.freezes import SqlFreezes
from core.store.sql.incidents import SqlIncidents
from core.store.sql.lessons import SqlLessons
from core.store.sql.notices import SqlNotices
from core.store.sql.official import SqlOfficial
from core.store.sql.outbox import SqlOutbox
from core.store.sql.parts import SqlParts
from core.store.sql.people import SqlPeople
from core.store.sql.pictures import SqlPictures
from core.store.sql.preferences import SqlPreferences
from core.store.sql.rates import SqlRates
from core.store.sql.small import SqlAudit, SqlFlows, SqlLeases, SqlSlots, SqlUpkeep
from core.store.sql.snapshots import SqlSnapshots
from core.store.sql.staff import SqlStaff
from core.store.sql.texts import SqlTexts
from core.store.sql.turns import SqlInbox, SqlTurns
from core.store.sql.waiting import SqlWaiting
from core.store.sql.watches import SqlWatches
from core.store.sql.workers import SqlWorkers
from core.store.staff import StaffRoom
from core.store.texts import TextRoom
from core.store.waiting import Waiting
from core.store.watches import Watches
from core.store.workers import Bell, Clock, Rates, Workers


class SqlStore:
    """A store on any engine."""

    def __init__(
        self,
        database: Database,
        bell: Bell | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.database = database
        self.bell = bell
        self.clock = clock
        self.workers: Workers = SqlWorkers(database)
        self.rates: Rates = SqlRates(database)
        self.parts: Parts = SqlParts(database)
        self.inbox: Inbox = SqlInbox(database)
        self.turns: Turns = SqlTurns(database)
        self.outbox: Outbox = SqlOutbox(database)
        self.people: People = SqlPeople(database)
        self.tickets: Tickets = SqlTickets(database)
        self.desk: Desk = SqlDesk(database)
        self.leases: Leases = SqlLeases(database)
        self.flows: Flows = SqlFlows(database)
        self.slots: Slots = SqlSlots(database)
        self.lessons: Lessons = SqlLessons(database)
        self.broadcasts: Broadcasts = SqlBroadcasts(database)
        self.notices: NoticeRoom = SqlNotices(database)
        self.incidents: IncidentRoom = SqlIncidents(database)
        self.staff: StaffRoom = SqlStaff(database)
        self.snapshots: Snapshots = SqlSnapshots(database)
        self.freezes: FreezeRoom = SqlFreezes(database)
        self.texts: TextRoom = SqlTexts(database)
        self.watches: Watches = SqlWatches(database)
        self.audit: Audit = SqlAudit(database)
        self.upkeep: Upkeep = SqlUpkeep(database)
        self.waiting: Waiting = SqlWaiting(database)
        self.official: OfficialRoom = SqlOfficial(database)
        self.community: CommunityRoom = SqlCommunity(database)
        self.pictures: Pictures = SqlPictures(database)
        self.preferences: Preferences = SqlPreferences(database)
        self.drips: DripRoom = SqlDrips(database)

    async def close(self) -> None:
        """Release everything; harmless to repeat."""
        await self.database.close()
