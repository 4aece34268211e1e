"""Ratings by role, what holds a war party, and tickets in several queues, over NATS."""
import itertools
import json

import pytest

from conftest import QUICK_WINDOW, Stack
from support.messages import JSON, PROTOBUF, ticket
from support.processes import wait_until, write_queues

ROLES = [{"name": "tank", "min": 1, "max": 1}, {"name": "healer", "min": 1, "max": 1}]
QUEUES = [
    {"name": "duo", "teams": 2, "teamSize": 2, "window": QUICK_WINDOW, "roles": ROLES},
    {"name": "plain-duo", "teams": 2, "teamSize": 2, "window": QUICK_WINDOW, "roles": ROLES,
     "roleRatings": False},
    {"name": "war", "teams": 2, "teamSize": 5, "window": QUICK_WINDOW,
     "warParties": {"ownMin": 2}, "smallerTeams": [{"teamSize": 4, "afterSeconds": 500}]},
    {"name": "one", "teams": 2, "teamSize": 1, "window": QUICK_WINDOW},
    {"name": "two", "teams": 2, "teamSize": 1, "window": QUICK_WINDOW},
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory, template):
    folder = tmp_path_factory.mktemp("s")
    stack = Stack(
        folder / "x", template.copy(), write_queues(folder / "q.json5", QUEUES))
    stack.start()
    yield stack
    stack.end()


def rated(queue, lobby, roles=(), **ratings):
    body = ticket(queue, lobby)
    body["players"][0]["roles"] = list(roles)
    body["players"][0]["roleRatings"] = ratings
    return body


def ask(stack, ticket_id):
    async def go():
        return await stack.bus.client.request(
            "mm.v1.rpc.explain", json.dumps({"version": 1, "ticketId": ticket_id}).encode(),
            timeout=5, headers={"Content-Type": JSON})
    answer = json.loads(stack.bus.loop.run(go()).data)
    assert answer["status"] == "REPLY_STATUS_OK", answer
    return {queue["queue"]: queue for queue in answer["queues"]}


def gap(teams, bodies):
    """Difference of the teams' sums by the ratings in the roles that they have."""
    sums = []
    for team in teams:
        total = 0
        for seat in team:
            player = bodies[seat["ticketId"]]["players"][0]
            total += player["roleRatings"].get(seat["roles"][0], player["rating"])
        sums.append(total)
    return abs(sums[0] - sums[1])


@pytest.mark.parametrize("form", [JSON, PROTOBUF])
def test_teams_and_roles_even_out_the_ratings_in_the_roles(stack, form):
    lobby = stack.lobby("r-" + form[-4:])
    bodies = {}
    for ratings in [{"tank": 1600.25, "healer": 1400}, {"healer": 1720}, {"tank": 1390}, {}]:
        body = rated("duo", lobby.name, **ratings)
        bodies[body["ticketId"]] = body
        lobby.send(body, form)
    match = lobby.next(lambda e: e.kind == "matched").content
    seats = [seat for team in match["teams"] for seat in team["seats"]]
    for seat in seats:
        player = bodies[seat["ticketId"]]["players"][0]
        told = [player["roleRatings"].get(seat["roles"][0], player["rating"])]
        assert seat.get("roleRatings", []) == (told if player["roleRatings"] else [])
    # No other teams and roles would be nearer to each other.
    best = min(
        gap([[{"ticketId": order[0], "roles": ["tank"]}, {"ticketId": order[1], "roles": ["healer"]}],
             [{"ticketId": order[2], "roles": ["tank"]}, {"ticketId": order[3], "roles": ["healer"]}]],
            bodies)
        for order in itertools.permutations(bodies))
    assert gap([team["seats"] for team in match["teams"]], bodies) == best
    assert match["quality"]["teamGap"] == pytest.approx(best / 2, abs=0.2)


def test_a_queue_may_leave_them_uncounted(stack):
    lobby = stack.lobby()
    for _ in range(4):
        lobby.send(rated("plain-duo", lobby.name, healer=1700))
    match = lobby.next(lambda e: e.kind == "matched").content
    assert all(seat.get("roleRatings", []) == [] for team in match["teams"] for seat in team["seats"])
    assert match["quality"]["teamGap"] == 0


def test_wrong_ratings_by_role_are_named(stack):
    lobby = stack.lobby()
    lobby.send(rated("duo", lobby.name, ["tank"], healer=1500, tank=9000))
    rejected = lobby.next(lambda e: e.kind == "rejected")
    assert rejected.reason == "INVALID_FIELD"
    detail = rejected.content["detail"]
    assert "ticket.players[0].role_ratings.healer: is not among the player's roles" in detail
    assert "ticket.players[0].role_ratings.tank: 9000.0 is more than 4000.0 from" in detail
    lobby.send(rated("duo", lobby.name, bard=1500))
    assert lobby.next(lambda e: e.reason == "UNKNOWN_ROLE")


def war_party(lobby, count, team):
    body = ticket("war", lobby, ratings=[1500] * count)
    return body | {"warParty": True, "teamId": str(team)}


def test_what_holds_a_war_party_is_told(stack):
    lobby = stack.lobby()
    first = lobby.send(war_party(lobby.name, 4, 1))
    wait_until(lambda: ask(stack, first)["war"]["obstacle"] == "OBSTACLE_WAR_PARTIES", 5,
               "another war party is lacking")
    second = lobby.send(war_party(lobby.name, 3, 2))
    wait_until(lambda: ask(stack, second)["war"]["obstacle"] == "OBSTACLE_MERCENARIES", 5,
               "mercenaries are lacking")
    told = ask(stack, first)["war"]
    assert told["ownPlayers"] == 3 and told["mercenariesMissing"] == 4
    assert told["teamSize"] == 5 and told["nextTeamSize"] == 4
    assert 400_000 < told["nextTeamSizeMs"] <= 500_000
    for index in range(4):
        lobby.send(ticket("war", lobby.name) | {"mercenary": True})
        if index == 0:
            wait_until(lambda: ask(stack, first)["war"]["mercenariesMissing"] == 3, 5,
                       "a mercenary counts")
    assert lobby.next(lambda e: e.kind == "matched").content["queue"] == "war"


def test_a_ticket_in_several_queues_leaves_nothing_behind_in_the_gauges(stack):
    lobby = stack.lobby()

    def waiting(queue):
        return stack.matchmaker.metric("mm_waiting_tickets", queue=queue)

    both = ticket("one", lobby.name) | {"queues": [{"queue": "two"}]}
    lobby.send(both)
    wait_until(lambda: waiting("one") == 1 and waiting("two") == 1, 5, "it counts in both")
    lobby.send(ticket("two", lobby.name))
    assert lobby.next(lambda e: e.kind == "matched").content["queue"] == "two"
    wait_until(lambda: waiting("one") == 0 and waiting("two") == 0, 5, "it counts in none")
