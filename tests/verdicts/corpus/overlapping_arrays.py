"""Names that may be views of one array."""


# label: run-time
# independent: floats(20), floats(20)
# dependent: *views(20, 1)
def copy_shifted(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        b[i] = a[i] + 1.0


# label: run-time
# independent: *views(20, 20)
# dependent: *views(20, 19)
# why: adjacent parts of one array do not overlap; one element more and they do
def adjacent_views(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        b[i] = a[i] * 2.0


# label: run-time
# independent: *views(20, 1, 2)
# dependent: *views(20, 2, 2)
# why: the even and the odd elements of one array interleave without meeting
def interleaved_views(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        b[i] = a[i] * 2.0


# label: run-time
# independent: *views(20, -20)
# dependent: *views(20, -1)
def copy_shifted_back(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        b[i] = a[i] + 1.0


# label: run-time
# independent: floats(20), floats(20), floats(20)
# dependent: *views(20, 1), floats(20)
def three_arrays(a: "f64[:]", c: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        c[i] = a[i] + b[i]


# label: run-time
# independent: floats(20), floats(20)
# dependent: *(lambda x: (x, x))(floats(20))
# why: the same array twice: i is written, its neighbour read
def one_array_twice(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        b[i] = a[i - 1] * 2.0


# label: run-time
# independent: floats(10, 10), floats(10, 10)
# dependent: *(lambda x: (x, x.T))(floats(10, 10))
def with_its_transpose(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(a)):
        for j in range(len(a)):
            b[i, j] = a[i, j] + 1.0


# label: run-time
# independent: floats(20), floats(20)
# dependent: *(lambda x: (x, x[::-1]))(floats(20))
def with_its_reverse(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        b[i] = a[i] + 1.0


# label: run-time
# independent: floats(10, 10), floats(10)
# dependent: *(lambda x: (x, x[3]))(floats(10, 10))
# why: a row of the matrix that is being written
def row_of_the_matrix(a: "f64[:, :]", x: "f64[:]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] -= x[j]


# label: run-time
# independent: floats(10, 10), floats(10)
# dependent: *(lambda x: (x, x[:, 0]))(floats(10, 10))
def column_of_the_matrix(a: "f64[:, :]", x: "f64[:]"):
    # pragma parallel for
    for j in range(a.shape[1]):
        for i in range(a.shape[0]):
            a[i, j] -= x[i]


# label: run-time
# independent: *(lambda x: (x[:5], x[5:]))(floats(10, 10))
# dependent: *(lambda x: (x[:6], x[4:]))(floats(10, 10))
def upper_and_lower_rows(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(5):
        for j in range(10):
            b[i, j] = a[i, j] + 1.0


# label: run-time
# independent: *(lambda x: (x[:, :5], x[:, 5:]))(floats(10, 10))
# dependent: *(lambda x: (x[:, :6], x[:, 4:]))(floats(10, 10))
# why: blocks of columns share the span of memory but no element
def left_and_right_columns(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for j in range(5):
        for i in range(10):
            b[i, j] = a[i, j] + 1.0


# label: run-time
# independent: floats(20), floats(1)
# dependent: *(lambda x: (x, x[4:5]))(floats(20))
def scale_by_element(a: "f64[:]", factor: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] *= factor[0]


# label: run-time
# independent: floats(20), zeros(1)
# dependent: *(lambda x: (x, x[7:8]))(floats(20))
# why: the accumulator lies within the array that is summed
def sum_into_element(a: "f64[:]", s: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        s[0] += a[i]


# label: run-time
# independent: *views(20, 1), 1
# dependent: *views(20, 1), 0
# why: the views' distance and the offset cancel out
def offsets_across_views(a: "f64[:]", b: "f64[:]", k: int):
    # pragma parallel for
    for i in range(len(a) - k):
        a[i + k] = b[i] * 0.5


# label: run-time
# independent: np.zeros(30, np.int64), np.arange(10)
# dependent: *(lambda x: (x, x[1:11]))(np.arange(30))
# why: the index array is a part of what is written
def index_array_written(a: "i64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i] + 2] = 7


# label: run-time
# independent: np.lib.stride_tricks.as_strided(floats(40), (20,), (16,)), floats(20)
# dependent: np.lib.stride_tricks.as_strided(floats(40), (20,), (0,)), floats(20)
# why: a view that repeats one element
def broadcast_target(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = b[i]


# label: run-time
# independent: np.lib.stride_tricks.sliding_window_view(floats(60), 3, writeable=True)[::3]
# dependent: np.lib.stride_tricks.sliding_window_view(floats(60), 3, writeable=True)
# why: the windows of a signal overlap unless they are taken apart
def window_rows(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(3):
            a[i, j] = i + j


# label: racy
# arguments: floats(20)
# why: another name for the same array
def local_alias(a: "f64[:]"):
    b = a
    # pragma parallel for
    for i in range(len(a) - 1):
        b[i] = a[i + 1] * 0.5


# label: racy
# arguments: floats(20)
# why: a view that starts one element later
def local_view(a: "f64[:]"):
    b = a[1:]
    # pragma parallel for
    for i in range(len(b)):
        b[i] = a[i] * 0.5
