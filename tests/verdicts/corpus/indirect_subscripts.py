"""Subscripts that are read from arrays: what these hold decides."""


# label: run-time
# independent: zeros(30), floats(30), permutation(30)
# dependent: zeros(30), floats(30), repeats(30)
def scatter(a: "f64[:]", b: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i]] = b[i]


# label: run-time
# independent: floats(30), permutation(30)
# dependent: floats(30), repeats(30)
def update_in_place(a: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i]] = a[index[i]] * 2.0 + 1.0


# label: run-time
# independent: floats(30, 4), permutation(30)
# dependent: floats(30, 4), repeats(30)
def scatter_rows(a: "f64[:, :]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        for j in range(a.shape[1]):
            a[index[i], j] = i + j


# label: run-time
# independent: floats(60), np.arange(20) + 30
# dependent: floats(60), np.arange(20) + 5
# why: elements that are written may be the ones that others read
def gather_from_itself(a: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[i] = a[index[i]] + 1.0


# label: run-time
# independent: floats(60), np.arange(20), np.arange(20) + 30
# dependent: floats(60), np.arange(20), np.arange(20) + 1
def gather_and_scatter(a: "f64[:]", to: "i64[:]", source: "i64[:]"):
    # pragma parallel for
    for i in range(len(to)):
        a[to[i]] = a[source[i]]


# label: run-time
# independent: pointers(10, 3), floats(30)
# dependent: np.array([0, 3, 6, 4, 8, 6]), floats(30)
# why: row pointers that grow give every row entries of its own
def scale_rows(start: "i64[:]", value: "f64[:]"):
    # pragma parallel for
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            value[k] = value[k] * 0.5 + i


# label: run-time
# independent: pointers(10, 3), floats(30), floats(30)
# dependent: np.array([0, 5, 9, 4, 8, 6]), floats(30), floats(30)
def copy_rows(start: "i64[:]", value: "f64[:]", out: "f64[:]"):
    # pragma parallel for
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            out[k] = value[k] + i


# label: run-time
# independent: pointers(10, 3)[:-1], floats(30)
# dependent: np.arange(10), floats(30)
# why: blocks of three at given places
def blocks_at(start: "i64[:]", a: "f64[:]"):
    # pragma parallel for
    for b in range(len(start)):
        for k in range(3):
            a[start[b] + k] = b * 10.0 + k


# label: run-time
# independent: np.arange(10) * 3, np.arange(10) * 3 + 3, zeros(40)
# dependent: np.arange(10) * 3, np.arange(10) * 3 + 5, zeros(40)
def segments(low: "i64[:]", high: "i64[:]", a: "f64[:]"):
    # pragma parallel for
    for s in range(len(low)):
        for k in range(low[s], high[s]):
            a[k] = s


# label: run-time
# independent: zeros(10, 10), permutation(10), permutation(10, 1)
# dependent: zeros(10, 10), repeats(10), repeats(10)
def scatter_points(grid: "f64[:, :]", row: "i64[:]", column: "i64[:]"):
    # pragma parallel for
    for p in range(len(row)):
        grid[row[p], column[p]] = p


# label: run-time
# independent: zeros(20), permutation(10)
# dependent: zeros(20), repeats(10)
def scatter_pairs(a: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[2 * index[i]] = i
        a[2 * index[i] + 1] = -i


# label: run-time
# independent: zeros(30), permutation(30), permutation(30, 1)
# dependent: zeros(30), permutation(30), repeats(30)
# why: an index of an index
def scatter_twice_indirect(a: "f64[:]", p: "i64[:]", q: "i64[:]"):
    # pragma parallel for
    for i in range(len(q)):
        a[p[q[i]]] = i


# label: run-time
# independent: zeros(30), floats(30), permutation(30), ints(30, below=2)
# dependent: zeros(30), floats(30), repeats(30), ints(30, below=2)
def scatter_masked(a: "f64[:]", b: "f64[:]", index: "i64[:]", mask: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        if mask[i] != 0:
            a[index[i]] = b[i]


# label: run-time
# independent: counts(30), permutation(30)
# dependent: counts(30), repeats(30)
def inverse_permutation(inverse: "i64[:]", p: "i64[:]"):
    # pragma parallel for
    for i in range(len(p)):
        inverse[p[i]] = i


# label: run-time
# independent: floats(30), permutation(15) + 15
# dependent: floats(30), permutation(30)[:15]
def scatter_upper_half(a: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(15):
        a[index[i]] = a[i] + 1.0


# label: run-time
# independent: floats(30), permutation(15) * 2
# dependent: floats(30), permutation(15)
# why: an even place and its right neighbour
def scatter_to_neighbours(a: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(14):
        a[index[i]] = 1.0
        a[index[i] + 1] = 2.0


# label: run-time
# independent: pointers(6, 2), permutation(12), zeros(12)
# dependent: pointers(6, 2), repeats(12), zeros(12)
# why: each row writes the columns that it names
def csr_scatter(start: "i64[:]", column: "i64[:]", y: "f64[:]"):
    # pragma parallel for
    for i in range(len(start) - 1):
        for k in range(start[i], start[i + 1]):
            y[column[k]] = i


# label: run-time
# independent: zeros(20), floats(20), np.arange(20, dtype=np.float64)
# dependent: zeros(20), floats(20), np.zeros(20)
# why: the subscript is computed from floating-point data
def scatter_by_value(a: "f64[:]", b: "f64[:]", x: "f64[:]"):
    # pragma parallel for
    for i in range(len(x)):
        a[int(x[i])] = b[i]


# label: run-time
# independent: floats(40), np.array([25]), np.array([0])
# dependent: floats(40), np.array([3]), np.array([0])
# why: the offset stands in an array
def offset_in_an_array(a: "f64[:]", off: "i64[:]", base: "i64[:]"):
    # pragma parallel for
    for i in range(12):
        a[i + base[0]] = a[i + off[0]]
