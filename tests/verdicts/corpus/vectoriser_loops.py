"""After TSVC, the test suite for vectorising compilers: dependences, induction, control flow, expansion, packing."""


# label: safe-affine
# arguments: floats(40), floats(40)
def s111(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a), 2):
        a[i] = a[i - 1] + b[i]


# label: racy
# arguments: floats(40), floats(40)
def s112(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 2, -1, -1):
        a[i + 1] = a[i] + b[i]


# label: safe-affine
# arguments: floats(40), floats(40)
# why: the element that all read is before the loop's
def s113(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = a[0] + b[i]


# label: racy
# arguments: floats(40)
def s116(a: "f64[:]"):
    # pragma parallel for
    for i in range(0, len(a) - 5, 5):
        a[i] = a[i + 1] * a[i]
        a[i + 1] = a[i + 2] * a[i + 1]
        a[i + 2] = a[i + 3] * a[i + 2]
        a[i + 3] = a[i + 4] * a[i + 3]
        a[i + 4] = a[i + 5] * a[i + 4]


# label: racy
# arguments: floats(9, 9), floats(9, 9)
def s119(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(1, len(a)):
        for j in range(1, len(a)):
            a[i, j] = a[i - 1, j - 1] + b[i, j]


# label: racy
# arguments: floats(41), floats(40)
def s121(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        j = i + 1
        a[i] = a[j] + b[i]


# label: racy
# arguments: zeros(40), floats(20), floats(20)
# why: the place depends on the branches taken so far
def s123(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    j = -1
    # pragma parallel for
    for i in range(len(b)):
        j += 1
        a[j] = b[i] * 2.0
        if c[i] > 0.5:
            j += 1
            a[j] = c[i]


# label: racy
# arguments: zeros(40), floats(20)
# why: a count that both branches advance
def s124(a: "f64[:]", b: "f64[:]"):
    j = -1
    # pragma parallel for
    for i in range(len(b)):
        if b[i] > 0.5:
            j += 1
            a[j] = b[i]
        else:
            j += 1
            a[j] = -b[i]


# label: racy
# arguments: zeros(81), floats(9, 9)
def s125(flat: "f64[:]", a: "f64[:, :]"):
    k = -1
    # pragma parallel for
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            k += 1
            flat[k] = a[i, j]


# label: safe-affine
# arguments: zeros(81), floats(9, 9)
def s125_computed(flat: "f64[:]", a: "f64[:, :]"):
    # pragma parallel for
    for i in range(9):
        for j in range(9):
            flat[9 * i + j] = a[i, j]


# label: run-time
# independent: floats(40), floats(40), 0
# dependent: floats(40), floats(40), 1
def s131(a: "f64[:]", b: "f64[:]", m: int):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = a[i + m] + b[i]


# label: run-time
# independent: floats(4, 20), floats(20), 0, 1
# dependent: floats(4, 20), floats(20), 1, 1
def s132(a: "f64[:, :]", b: "f64[:]", j: int, k: int):
    # pragma parallel for
    for i in range(1, a.shape[1]):
        a[j, i] = a[k, i - 1] + b[i]


# label: safe-affine
# arguments: zeros(40), floats(40), floats(40)
def s151_helper(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        b[i] = c[i] * 2.0
        add_to(a, b, i)


def add_to(a, b, i):
    a[i] += b[i]


# label: racy
# arguments: floats(41), floats(40), floats(41)
# why: one branch writes what the other branch of the next iteration reads
def s161(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        if b[i] < 0.5:
            c[i + 1] = a[i] + 1.0
        else:
            a[i] = c[i] + b[i]


# label: run-time
# independent: floats(40), floats(20), 20
# dependent: floats(40), floats(20), 1
def s162(a: "f64[:]", b: "f64[:]", k: int):
    # pragma parallel for
    for i in range(len(b)):
        a[i] = a[i + k] + b[i]


# label: run-time
# independent: floats(40), floats(20), 2
# dependent: floats(40), floats(20), 0
def s171(a: "f64[:]", b: "f64[:]", step: int):
    # pragma parallel for
    for i in range(len(b)):
        a[i * step] += 1.0
        a[i * step] = a[i * step] * b[i]


# label: safe-affine
# arguments: floats(40)
# why: the second half is computed from the first
def s173(a: "f64[:]"):
    # pragma parallel for
    for i in range(20):
        a[i + 20] = a[i] + 1.0


# label: run-time
# independent: floats(40), 20
# dependent: floats(40), 10
def s174(a: "f64[:]", m: int):
    # pragma parallel for
    for i in range(20):
        a[i + m] = a[i] + 1.0


# label: safe-affine
# arguments: zeros(20), floats(40), floats(20)
# why: a convolution adds up
def s176(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    # pragma parallel for
    for j in range(len(a)):
        for i in range(len(a)):
            a[i] += b[i + len(a) - j - 1] * c[j]


# label: racy
# arguments: floats(40), floats(40), floats(41)
# why: loop distribution would free the second statement
def s221(a: "f64[:]", b: "f64[:]", d: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = a[i] + d[i]
        b[i] = b[i - 1] + a[i] + d[i]


# label: racy
# arguments: floats(9, 9), floats(9, 9)
# why: the other loop could be parallel
def s231_outer(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for j in range(1, len(a)):
        for i in range(len(a)):
            a[j, i] = a[j - 1, i] + b[j, i]


# label: safe-affine
# arguments: floats(9, 9), floats(9, 9)
def s231_interchanged(a: "f64[:, :]", b: "f64[:, :]"):
    # pragma parallel for
    for i in range(len(a)):
        for j in range(1, len(a)):
            a[j, i] = a[j - 1, i] + b[j, i]


# label: safe-affine
# arguments: floats(9, 9)
def s232(a: "f64[:, :]"):
    # pragma parallel for
    for j in range(1, len(a)):
        for i in range(1, j + 1):
            a[j, i] = a[j, i - 1] * a[j, i - 1] + 0.5


# label: racy
# arguments: floats(40), floats(40), floats(40), floats(41)
# why: reading ahead what the next iteration writes; a copy of d would help
def s241(a: "f64[:]", b: "f64[:]", c: "f64[:]", d: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = b[i] * c[i] * d[i]
        b[i] = a[i] * a[i + 1] * d[i]


# label: safe-affine
# arguments: floats(40), floats(40), floats(40)
def s251(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        s = b[i] + c[i]
        a[i] = s * s


# label: racy
# arguments: floats(40), floats(40), floats(40)
def s252(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    t = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s = b[i] * c[i]
        a[i] = s + t
        t = s


# label: racy
# arguments: zeros(12), floats(12, 12)
# why: one row of temporaries is overwritten by every column and read one place back
def s256(a: "f64[:]", d: "f64[:, :]"):
    # pragma parallel for
    for i in range(d.shape[0]):
        for j in range(1, len(a)):
            a[j] = 1.0 - a[j - 1]
            d[i, j] = a[j] + d[i, j]
        a[0] = d[i, 0]


# label: racy
# arguments: floats(40), floats(40)
# why: s is assigned only in some iterations
def s258(a: "f64[:]", b: "f64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.5:
            s = b[i] * b[i]
        b[i] = s + 1.0


# label: racy
# arguments: floats(40), floats(40), floats(40)
def s261(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        t = a[i] + b[i]
        a[i] = t + c[i - 1]
        c[i] = c[i] * t


# label: safe-affine
# arguments: floats(40), floats(40), floats(40)
def s271(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        if b[i] > 0.5:
            a[i] += b[i] * c[i]


# label: racy
# arguments: floats(40), floats(40)
# why: reversed reads meet forward writes
def s281(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        x = a[len(a) - i - 1] + b[i]
        a[i] = x - 1.0
        b[i] = x


# label: racy
# arguments: floats(40), floats(40)
# why: the wrapped neighbour is carried in a scalar
def s291(a: "f64[:]", b: "f64[:]"):
    before = len(b) - 1
    # pragma parallel for
    for i in range(len(b)):
        a[i] = (b[i] + b[before]) * 0.5
        before = i


# label: racy
# arguments: floats(40)
# why: every iteration reads a[0], the first one writes it
def s293(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = a[0]


# label: safe-affine
# arguments: floats(9, 9)
def s3112_rows(a: "f64[:, :]"):
    # pragma parallel for
    for i in range(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j]
            a[i, j] = s


# label: safe-affine
# arguments: floats(40)
def s316(a: "f64[:]"):
    x = a[0]
    # pragma parallel for
    for i in range(1, len(a)):
        if a[i] < x:
            x = a[i]
    return x


# label: safe-affine
# reductions: index, best
# arguments: floats(40), 3
# why: the largest magnitude among strided elements, and its place
def s318(a: "f64[:]", step: int):
    index, best = 0, abs(a[0])
    # pragma parallel for
    for i in range(1, 13):
        if abs(a[i * 3]) > best:
            index = i
            best = abs(a[i * 3])
    return best + index + step


# label: racy
# arguments: floats(40), floats(40), floats(40)
def s323(a: "f64[:]", b: "f64[:]", c: "f64[:]"):
    # pragma parallel for
    for i in range(1, len(a)):
        a[i] = b[i - 1] + c[i]
        b[i] = a[i] + c[i] * 0.5


# label: refused
# arguments: floats(40)
def s332(a: "f64[:]"):
    value = -1.0
    # pragma parallel for
    for i in range(len(a)):
        if a[i] > 0.8:
            value = a[i]
            break
    return value


# label: racy
# arguments: zeros(40), floats(40)
# why: packing
def s341(a: "f64[:]", b: "f64[:]"):
    j = -1
    # pragma parallel for
    for i in range(len(b)):
        if b[i] > 0.5:
            j += 1
            a[j] = b[i]


# label: run-time
# independent: floats(40), floats(40), permutation(40)
# dependent: floats(40), floats(40), repeats(40)
def s4113(a: "f64[:]", b: "f64[:]", index: "i64[:]"):
    # pragma parallel for
    for i in range(len(index)):
        a[index[i]] = b[index[i]] + 1.0


# label: safe
# arguments: floats(40), floats(40), permutation(40)
def s4115(a: "f64[:]", b: "f64[:]", index: "i64[:]"):
    s = 0.0
    # pragma parallel for
    for i in range(len(a)):
        s += a[i] * b[index[i]]
    return s


# label: safe-affine
# arguments: floats(40), floats(20)
def s4117(a: "f64[:]", b: "f64[:]"):
    # pragma parallel for
    for i in range(len(a)):
        a[i] = b[i // 2] + 1.0


# label: racy
# arguments: floats(40)
# why: a call with two neighbours
def s4121(a: "f64[:]"):
    # pragma parallel for
    for i in range(len(a) - 1):
        a[i] = fused(a[i], a[i + 1])


def fused(x, y):
    return x + 0.5 * y


# label: racy
# arguments: floats(41), floats(40), np.array([0.5])
def s2244(a: "f64[:]", b: "f64[:]", e: "f64[:]"):
    # pragma parallel for
    for i in range(len(b)):
        a[i + 1] = b[i] + e[0]
        a[i] = b[i] * 0.5
