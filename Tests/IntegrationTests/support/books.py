"""The books: what became of every ticket, read from the streams and not from what a client saw."""

from collections import Counter, defaultdict


class Books:
    """Sorts the whole content of MMEVT and MMALLOC by ticket, match and player."""

    def __init__(self, bus):
        # By message id: a repeat under the same id is allowed and is not a second event.
        self.events = {}
        for event in bus.read_stream("MMEVT"):
            key = event.message_id or (event.subject, event.data)
            if key in self.events and event.kind != "rejected":
                assert self.events[key].body == event.body, f"two contents under the id {key}"
            self.events[key] = event
        self.allocations = {}
        for allocation in bus.read_stream("MMALLOC"):
            match_id = allocation.content["matchId"]
            assert match_id not in self.allocations, f"match {match_id} was allocated twice"
            self.allocations[match_id] = allocation
        self.matched = defaultdict(set)
        self.closed = defaultdict(list)
        self.rejected = defaultdict(list)
        for event in self.events.values():
            if event.kind == "matched":
                for ticket_id in event.tickets:
                    self.matched[ticket_id].add(event.content["matchId"])
            elif event.kind == "closed":
                self.closed[event.content["ticketId"]].append(event.reason)
            else:
                self.rejected[event.content.get("ticketId", "")].append(event.reason)

    def check_each_match(self, sizes):
        """Every announced match is allocated and the other way round; teams are exact; nobody
        plays twice. `sizes` gives (teams, players per team) by queue."""
        announced = {
            event.content["matchId"] for event in self.events.values() if event.kind == "matched"}
        assert announced == set(self.allocations)
        seen = Counter()
        for allocation in self.allocations.values():
            teams = allocation.content["teams"]
            counts = [
                sum(len(seat["playerIds"]) for seat in team["seats"]) for team in teams]
            team_count, team_size = sizes[allocation.content["queue"]]
            assert counts == [team_size] * team_count, allocation.body
            seen.update(allocation.players)
            quality = allocation.content["quality"]
            for name in ("fairness", "spread", "latency", "roles", "composite"):
                assert 0 <= quality.get(name, 0) <= 1, allocation.body
        return seen

    def check_nobody_twice(self):
        """No ticket and no player is in two matches: for runs in which nobody queues again."""
        for ticket_id, matches in self.matched.items():
            assert len(matches) == 1, f"ticket {ticket_id} is in matches {matches}"
        players = Counter(
            player for allocation in self.allocations.values() for player in allocation.players)
        twice = [player for player, times in players.items() if times > 1]
        assert not twice, f"players in two matches: {twice[:10]}"

    def end_of(self, ticket_id):
        """matched, CANCELLED, EXPIRED, ... or None while it waits; fails on two ends."""
        ends = ["matched"] * len(self.matched.get(ticket_id, ())) + self.closed.get(ticket_id, [])
        assert len(ends) <= 1, f"ticket {ticket_id} ended more than once: {ends}"
        return ends[0] if ends else None
