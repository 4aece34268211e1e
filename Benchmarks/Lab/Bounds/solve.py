"""The offline optimum: what a matchmaker that knew all arrivals beforehand could do.

usage: solve.py QUESTION.json ANSWER.json
       solve.py --published

A question is a list of instances: arrival times, ratings, players of a match, weights w.

Pairs (size 2): minimum-cost perfect matching of all players, exact. A pair costs w (1 - F) plus
both waits, F = 2 min(p, 1 - p) by Elo. Without regions they play when the later one has come. With
regions (round trips, and a cap on them that grows with each one's own wait) a pair plays as soon as
some region lies within both caps; whoever is left when the last player has come may then play
anybody, as in the runs that are compared with this.

Lobbies (larger size): a lower bound for every schedule. A lobby is a set S of players, the arrival
k that closes it and a skill centre c on a grid; it costs the waits until k plus w times
max(0, |rating - c| - grid / 2) of each player. The linear program covers every player once with
such lobbies at least cost. It is solved by column generation: given the master's dual prices u,
the best lobby for (k, c) takes the players with the least cost - u, so pricing is a sort. The
bound that is reported is the Lagrangian one, sum(u) + (players / size) * (least reduced cost),
which holds whether or not the iteration has ended.

--published solves the instances whose figures are published (numpy's default_rng(42), gaps first,
then ratings) and fails if they do not come out.
"""

import concurrent.futures
import json
import sys

import highspy
import numpy as np
import rustworkx

GRID = 100.0
GAP = 0.002
ROUNDS_MAX = 400


def fairness(difference, divisor):
    return 2 / (1 + 10 ** (np.abs(difference) / divisor))


def joint_waits(times, latencies, cap):
    """The sum of both waits, in seconds, of each two players if they play as soon as they may."""
    if latencies is None:
        return np.abs(times[:, None] - times[None, :])
    start, per_second, most = cap
    over = np.maximum(0, latencies - start)
    growth = np.where(over > 0, over / per_second if per_second > 0 else np.inf, 0)
    accepts = times[:, None] + np.where(latencies <= most, growth, np.inf)
    meets = np.maximum(accepts[:, None, :], accepts[None, :, :]).min(axis=2)
    return 2 * np.minimum(meets, times[-1]) - times[:, None] - times[None, :]


def solve_pairs(times, ratings, waits, weight, divisor, neighbours=40):
    """Mean wait, mean F, its worst tenth, and the cost a player."""
    count = len(times)
    cost = waits + weight * (1 - fairness(ratings[:, None] - ratings[None, :], divisor))
    # An optimal pair is among the cheap ones of one of the two: 40 and 80 a player give the same.
    nearest = np.argsort(cost, axis=1)[:, : neighbours + 1]
    edges = {(min(i, j), max(i, j)) for i in range(count) for j in nearest[i].tolist() if i != j}
    # Arrival order always holds a perfect matching, so that there is one.
    edges |= {(i, i + 1) for i in range(count - 1)}
    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from([(i, j, float(cost[i, j])) for i, j in sorted(edges)])
    top = int(cost.max() * 1e6) + 1
    pairs = rustworkx.max_weight_matching(
        graph, max_cardinality=True, weight_fn=lambda value: top - int(value * 1e6)
    )
    assert len(pairs) * 2 == count, "no perfect matching"
    own = [waits[i, j] / 2 for i, j in pairs]
    fair = fairness(np.array([ratings[i] - ratings[j] for i, j in pairs]), divisor)
    return {
        "weight": weight,
        "wait": float(np.mean(own)),
        "fairness": float(np.mean(fair)),
        "fairnessP10": float(np.quantile(fair, 0.1)),
        "cost": float(np.mean([cost[i, j] for i, j in pairs]) / 2),
    }


class LobbyBound:
    """The linear program over lobbies of one size."""

    def __init__(self, times, ratings, size, weight):
        self.size = size
        self.count = len(times)
        centres = np.arange(ratings.min(), ratings.max() + GRID, GRID)
        away = np.abs(ratings[:, None] - centres[None, :])
        self.skill = weight * np.maximum(0, away - GRID / 2)
        closings = np.arange(size - 1, self.count)
        wait = times[None, closings] - times[:, None]
        self.wait = np.where(wait >= 0, wait, 1e9)
        self.master = highspy.Highs()
        self.master.setOptionValue("output_flag", False)
        nothing = np.array([], dtype=np.int32), np.array([])
        for _ in range(self.count):
            self.master.addRow(1.0, 1.0, 0, *nothing)
        # A player may be left out at a price that no solution pays.
        price = float(times[-1] - times[0] + weight * (ratings.max() - ratings.min()))
        for player in range(self.count):
            self.add(np.array([player]), price)

    def add(self, players, cost):
        rows = np.sort(players).astype(np.int32)
        self.master.addCol(cost, 0.0, highspy.kHighsInf, len(rows), rows, np.ones(len(rows)))

    def price(self, duals):
        """The least reduced cost of any lobby, and the cheapest lobbies of each centre."""
        least, found = 0.0, []
        for centre in range(self.skill.shape[1]):
            reduced = self.wait + (self.skill[:, centre] - duals)[:, None]
            chosen = np.argpartition(reduced, self.size - 1, axis=0)[: self.size]
            sums = np.take_along_axis(reduced, chosen, 0).sum(0)
            least = min(least, float(sums.min()))
            for closing in np.argsort(sums)[:12]:
                if sums[closing] < -1e-7:
                    found.append((sums[closing], chosen[:, closing], closing, centre))
        return least, sorted(found, key=lambda lobby: lobby[0])[:300]

    def solve(self):
        best, stable = -np.inf, None
        for _ in range(ROUNDS_MAX):
            self.master.run()
            duals = np.array(self.master.getSolution().row_dual)
            value = self.master.getInfo().objective_function_value
            # Prices near the best known ones swing less; the master's own are the fall-back.
            trials = [duals] if stable is None else [0.3 * duals + 0.7 * stable, duals]
            added = 0
            for trial in trials:
                least, lobbies = self.price(trial)
                bound = trial.sum() + self.count / self.size * least
                if bound > best:
                    best, stable = bound, trial
                for _, players, closing, centre in lobbies:
                    cost = self.wait[players, closing].sum() + self.skill[players, centre].sum()
                    if cost - duals[players].sum() < -1e-7:
                        self.add(players, float(cost))
                        added += 1
                if added:
                    break
            if added == 0 or value - best < GAP * value:
                break
        return best / self.count


def answer(question):
    times = np.array(question["times"], dtype=float)
    ratings = np.array(question["ratings"], dtype=float)
    latencies = question.get("latencies")
    if latencies is not None:
        latencies = np.array(latencies, dtype=float)
    points = []
    for weight in question["weights"]:
        if question["size"] == 2:
            waits = joint_waits(times, latencies, question.get("cap"))
            points.append(solve_pairs(times, ratings, waits, weight, question["eloDivisor"]))
        else:
            bound = LobbyBound(times, ratings, question["size"], weight).solve()
            points.append({"weight": weight, "cost": bound})
    return points


def published_instance(count):
    random = np.random.default_rng(42)
    return np.cumsum(random.exponential(1, count)), random.normal(1500, 350, count)


def check_published():
    times, ratings = published_instance(600)
    pairs = {3: (0.63, 0.582), 10: (1.03, 0.724), 30: (2.18, 0.846), 100: (4.06, 0.913),
             300: (7.09, 0.946)}
    wrong = 0
    for weight, (wait, fair) in pairs.items():
        point = solve_pairs(times, ratings, joint_waits(times, None, None), weight, 400)
        good = abs(point["wait"] - wait) < 0.006 and abs(point["fairness"] - fair) < 0.0015
        wrong += not good
        print(f"1v1 w={weight}: wait {point['wait']:.3f} (published {wait}), "
              f"F {point['fairness']:.4f} (published {fair})")
    times, ratings = published_instance(200)
    for weight, cost in {0.02: 7.51, 0.10: 15.92}.items():
        bound = LobbyBound(times, ratings, 10, weight).solve()
        wrong += not 0.997 * cost < bound < 1.001 * cost
        print(f"10 players w={weight}: bound {bound:.3f} (published {cost})")
    return wrong


def main(arguments):
    if arguments == ["--published"]:
        sys.exit(1 if check_published() else 0)
    if len(arguments) != 2:
        sys.exit(__doc__)
    with open(arguments[0], encoding="utf-8") as file:
        questions = json.load(file)
    # Ends its workers by a message: whoever starts this may have all signals blocked.
    with concurrent.futures.ProcessPoolExecutor() as pool:
        answers = list(pool.map(answer, questions))
    with open(arguments[1], "w", encoding="utf-8") as file:
        json.dump(answers, file)


if __name__ == "__main__":
    main(sys.argv[1:])
