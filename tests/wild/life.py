"""Conway's Game of Life as beginners write it, a forest fire, and one-dimensional automata."""

import numpy as np

ALIVE, DEAD = 1, 0


def count_neighbours(grid, i, j):
    total = 0
    rows, cols = len(grid), len(grid[0])
    for di in (-1, 0, 1):
        for dj in (-1, 0, 1):
            if di == 0 and dj == 0:
                continue
            total += grid[(i + di) % rows][(j + dj) % cols]
    return total


def generation(grid):
    new = grid.copy()
    # pragma parallel for
    for i in range(len(grid)):
        for j in range(len(grid[0])):
            n = count_neighbours(grid, i, j)
            if grid[i][j] == ALIVE:
                if n < 2 or n > 3:
                    new[i][j] = DEAD
            elif n == 3:
                new[i][j] = ALIVE
    return new


def evolve(grid, generations):
    for _ in range(generations):
        grid = generation(grid)
    return grid


def life_lists(board: list[list[int]]) -> list[list[int]]:
    h, w = len(board), len(board[0])
    result = [[0] * w for _ in range(h)]
    # pragma parallel for
    for y in range(h):
        for x in range(w):
            live = sum(board[(y + dy) % h][(x + dx) % w] for dy in (-1, 0, 1) for dx in (-1, 0, 1)) - board[y][x]
            result[y][x] = 1 if live == 3 or (live == 2 and board[y][x]) else 0
    return result


def forest_fire(forest, sparks):
    burned = np.zeros(len(sparks), dtype=int)
    # pragma parallel for
    for s, (sy, sx) in enumerate(sparks):
        state = forest.copy()
        if not state[sy, sx]:
            continue
        state[sy, sx] = 2
        burning = True
        while burning:
            burning = False
            for y in range(state.shape[0]):
                for x in range(state.shape[1]):
                    if state[y, x] == 1 and (
                        (y > 0 and state[y - 1, x] == 2)
                        or (x > 0 and state[y, x - 1] == 2)
                        or (y + 1 < state.shape[0] and state[y + 1, x] == 2)
                        or (x + 1 < state.shape[1] and state[y, x + 1] == 2)
                    ):
                        state[y, x] = 2
                        burning = True
        burned[s] = np.count_nonzero(state == 2)
    return burned


def rule(number, width, steps):
    cells = np.zeros((steps, width), dtype=np.uint8)
    cells[0, width // 2] = 1
    # pragma sequential for
    for t in range(1, steps):
        for i in range(width):
            left, mid, right = cells[t - 1, i - 1], cells[t - 1, i], cells[t - 1, (i + 1) % width]
            cells[t, i] = (number >> (4 * left + 2 * mid + right)) & 1
    return cells


def cases():
    rng = np.random.default_rng(37)
    grid = rng.integers(0, 2, (8, 9))
    yield evolve, (grid, 3)
    yield life_lists, (grid.tolist(),)
    yield forest_fire, (rng.integers(0, 2, (7, 7)), rng.integers(0, 7, (4, 2)))
    yield rule, (30, 15, 6)
